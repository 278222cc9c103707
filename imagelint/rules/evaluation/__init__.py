"""Rules about evaluations: what they rest upon, and what came of them."""
