"""What is allowed in analytics, and what follows from it."""
