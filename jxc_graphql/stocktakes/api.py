"""What clients see of stocktakes."""
