"""Looks deeper than the configuration."""
