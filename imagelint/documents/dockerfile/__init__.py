"""Dockerfiles: text in, a typed and positioned document out."""
