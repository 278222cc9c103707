"""Charts, and what engines make of them and of kustomizations."""
