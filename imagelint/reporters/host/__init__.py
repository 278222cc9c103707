"""What is known of a host in, text chunks out."""
