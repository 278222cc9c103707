"""What is known of Kubernetes itself."""
