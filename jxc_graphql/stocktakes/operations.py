"""What can be done with stocktakes."""
