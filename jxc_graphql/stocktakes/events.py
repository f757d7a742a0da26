"""What happened in stocktakes."""
