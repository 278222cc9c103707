"""Rules that a policy defines: conditions in CEL over the nodes that our own rules read. Pure."""
