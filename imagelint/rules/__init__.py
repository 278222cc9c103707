"""What we think: one file per rule, found by name through the catalog. Pure."""
