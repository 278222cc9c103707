"""Policies in which the examined tree has no say."""
