"""What the Compose Specification takes, and what compose refuses."""
