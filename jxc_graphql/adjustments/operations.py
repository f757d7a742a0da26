"""What can be done with adjustments."""
