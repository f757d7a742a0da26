"""What is asked about sharing."""
