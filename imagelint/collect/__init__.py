"""The only package that reads the world: files, processes, tools, the cache."""
