"""What leads to pods and what scales them."""
