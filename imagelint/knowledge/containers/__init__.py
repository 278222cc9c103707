"""Programs that run containers."""
