"""What is allowed in assembly, and what follows from it."""
