"""Development containers: files that say in which container editors open a repository."""
