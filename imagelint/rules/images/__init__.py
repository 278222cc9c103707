"""Which images are built upon, shipped and run."""
