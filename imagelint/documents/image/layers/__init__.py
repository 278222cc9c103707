"""What lies in an image: layers, read as a stream and never unpacked."""
