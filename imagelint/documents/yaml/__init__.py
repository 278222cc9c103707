"""Text to positioned YAML nodes, and what all documents written in YAML have in common."""
