"""How each package manager is told what to install: command lines and requirements files."""
