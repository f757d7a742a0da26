"""What is allowed in sharing, and what follows from it."""
