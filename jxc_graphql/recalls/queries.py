"""What is asked about recalls."""
