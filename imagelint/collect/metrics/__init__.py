"""Metrics of running servers: their pages, and servers that collect them."""
