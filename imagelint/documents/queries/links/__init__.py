"""Questions about what objects of Kubernetes select, name and lead to."""
