"""Tables of stocktakes."""
