"""What is asked about stocktakes."""
