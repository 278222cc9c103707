"""Lines that run containers (`docker run` and its kin), read as the services that they start."""
