"""What a policy says about running servers."""
