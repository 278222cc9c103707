"""Workflows of GitHub, composite actions and pipelines of GitLab."""
