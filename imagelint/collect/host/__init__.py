"""Read what there is on the host that we run on."""
