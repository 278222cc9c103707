"""What pipelines do with the images that they build."""
