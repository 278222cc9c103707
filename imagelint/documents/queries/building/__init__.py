"""Questions about what a build does, and about what comes of it in the image."""
