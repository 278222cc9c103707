"""What a policy knows of a site, laid over the tables."""
