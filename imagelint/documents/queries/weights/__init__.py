"""Where the weights of models come from, and whether they stay."""
