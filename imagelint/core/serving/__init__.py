"""Running model servers, and the hosts that they run on."""
