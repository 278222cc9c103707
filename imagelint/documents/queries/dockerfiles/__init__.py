"""Questions about the instructions and scripts of a Dockerfile."""
