"""How servers are watched."""
