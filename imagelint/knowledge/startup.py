"""How long a model server may need until it answers."""

from __future__ import annotations

# GB of weights -> seconds. Our own numbers: download at 0.2 to 1 GB/s, load at 1 to 3 GB/s, then
# compilation and CUDA graphs for 1 to 3 minutes, less for small models. KServe's template for LLMs
# gives 600 s, its vLLM runtime 1800 s, the NIM operator 1230 s.
_STEPS = ((0.5, 30), (2.0, 90), (10.0, 180), (40.0, 300), (160.0, 600))
_LARGEST = 1200
SMALL = 2.0
"""GB of weights up to which a model is certainly there within two minutes."""
UNKNOWN_SIZE = 300


def seconds_to_start(weights_gb: float | None) -> int:
    """Seconds that a server should be given; `weights_gb` in GB, None where it is not known."""
    if weights_gb is None:
        return UNKNOWN_SIZE
    return next((seconds for limit, seconds in _STEPS if weights_gb <= limit), _LARGEST)
