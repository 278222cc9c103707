"""What a first policy and a hook are made of."""
