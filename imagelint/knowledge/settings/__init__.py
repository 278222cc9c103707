"""What is told to a server as a structure: JSON behind a flag, or a file of settings."""
