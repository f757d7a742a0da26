"""What is allowed in stocktakes, and what follows from it."""
