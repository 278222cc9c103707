"""Where images are named: registries, lists, clusters, folders."""
