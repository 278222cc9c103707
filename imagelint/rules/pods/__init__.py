"""How a pod is allowed to run."""
