"""What the commands about one image share."""
