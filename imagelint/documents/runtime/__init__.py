"""Where a container runs, whatever file says so: probes, privileges, volumes, resources."""
