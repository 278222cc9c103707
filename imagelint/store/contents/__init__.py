"""What is in images: the packages that scans list, and how vulnerabilities are called."""
