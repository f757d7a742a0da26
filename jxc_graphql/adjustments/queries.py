"""What is asked about adjustments."""
