"""Rules about who vouches for an image."""
