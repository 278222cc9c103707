"""Rules about GPUs, CUDA and drivers: what fits what."""
