"""What leads to pods, and what they refer to."""
