"""Programs that serve what others wrote."""
