"""Programs that serve what others wrote, in what containers start."""
