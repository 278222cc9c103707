"""Pods that work together: heads and workers, leaders and those that follow them."""
