"""Questions about health checks: what they ask, and what they can tell."""
