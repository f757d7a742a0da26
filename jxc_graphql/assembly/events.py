"""What happened in assembly."""
