"""Questions about what a container starts."""
