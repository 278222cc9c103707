"""Rules about what is known, and of which day that is."""
