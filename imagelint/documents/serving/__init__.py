"""Model servers: what a container starts, and what the engine in it is told."""
