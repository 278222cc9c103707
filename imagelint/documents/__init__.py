"""Text becomes typed, positioned, immutable documents. Pure: no I/O, no clock, no environment."""
