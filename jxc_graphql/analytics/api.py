"""What clients see of analytics."""
