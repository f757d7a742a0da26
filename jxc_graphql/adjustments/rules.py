"""What is allowed in adjustments, and what follows from it."""
