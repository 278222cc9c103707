"""Folders into documents: what Kustomize makes of them, by an engine that runs in a child."""
