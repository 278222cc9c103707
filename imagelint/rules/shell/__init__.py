"""What scripts do."""
