"""Kustomizations: what they make of the manifests that they take, as far as it can be told."""
