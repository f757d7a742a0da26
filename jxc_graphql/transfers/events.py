"""What happened in transfers."""
