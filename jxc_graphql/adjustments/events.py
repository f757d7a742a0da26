"""What happened in adjustments."""
