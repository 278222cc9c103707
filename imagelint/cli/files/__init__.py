"""What the commands that examine files share."""
