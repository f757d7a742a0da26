"""What clients see of assembly."""
