"""Where an image is before it is pushed: in an archive, or with a daemon."""
