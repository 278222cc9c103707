"""Compose files: services with their images, variables, ports and runtimes."""
