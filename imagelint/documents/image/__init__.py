"""What is said about an image: its identity and configuration, vulnerabilities, signatures."""
