"""Where images are kept: OCI layouts in folders, and registries by way of tools."""
