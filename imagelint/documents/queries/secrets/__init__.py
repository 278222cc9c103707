"""Questions about secrets: where they stand, and what becomes of them."""
