"""How servers are scaled and reached."""
