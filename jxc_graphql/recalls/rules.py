"""What is allowed in recalls, and what follows from it."""
