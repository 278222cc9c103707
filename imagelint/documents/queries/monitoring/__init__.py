"""Questions about queries, and about what they ask for."""
