"""Results against thresholds and the previous tag. Pure; needs SciPy (`imagelint[evaluation]`)."""
