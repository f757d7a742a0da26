"""What clients see of transfers."""
