"""Facts about packages and the tools that install them."""
