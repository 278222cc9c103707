"""Kubernetes manifests: objects, pods with their containers, and what leads to and scales them."""
