"""What is asked about assembly."""
