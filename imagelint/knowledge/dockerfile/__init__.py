"""What base images, labels and packages mean to a Dockerfile."""
