"""What the commands about evaluations share."""
