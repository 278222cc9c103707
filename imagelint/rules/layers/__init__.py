"""What lies in the layers of an image."""
