"""What clients see of sharing."""
