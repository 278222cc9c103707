"""What a policy says about images."""
