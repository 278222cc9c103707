"""Texts that are examined to see what comes of it: the examples of rules."""
