"""What a server lets those do who reach it."""
