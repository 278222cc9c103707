"""Documents joined: who builds, uses, mounts, selects, routes to and scales whom. Pure."""
