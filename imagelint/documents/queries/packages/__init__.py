"""Questions about what package managers do, and what they leave behind."""
