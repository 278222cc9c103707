"""What becomes of files: fixes, pins, and what a change brings."""
