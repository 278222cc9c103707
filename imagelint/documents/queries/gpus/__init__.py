"""Questions about GPUs: which there are, how many, and what they can do."""
