"""What is allowed in transfers, and what follows from it."""
