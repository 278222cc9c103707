"""From shell text to commands: one pass for plain scripts, tree-sitter for the rest."""
