"""Which files of the build context end up where in an image, and which of them it runs."""
