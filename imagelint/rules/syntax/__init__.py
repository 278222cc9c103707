"""What cannot be read as what it is: Dockerfiles, YAML, and the files around them."""
