"""Pods and their containers: where objects hold them, and what they start, mount and may do."""
