"""How each package manager is told what to install."""
