"""What clients see of adjustments."""
