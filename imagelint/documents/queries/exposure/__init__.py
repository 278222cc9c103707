"""What a server lets those do who reach it, and which holes its release has."""
