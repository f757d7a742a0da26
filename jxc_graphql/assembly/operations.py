"""What can be done with assembly."""
