"""What the commands that change files share."""
