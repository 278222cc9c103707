"""What further scanners say of an image, and how that agrees with the first."""
