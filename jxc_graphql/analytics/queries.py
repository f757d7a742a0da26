"""What is asked about analytics."""
