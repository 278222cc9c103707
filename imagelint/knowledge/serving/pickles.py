"""Files of weights that are pickles of Python, by their names."""

from __future__ import annotations

from imagelint.core.pattern import pattern

# What `torch.save` writes, whatever the suffix: docs.pytorch.org, torch.save
_PICKLED = pattern(
    r"(?:^|.*/)(?:pytorch_model[^/]*\.bin|diffusion_pytorch_model[^/]*\.bin"
    r"|consolidated[^/]*\.pth?|[^/]*\.(?:ckpt|pth|pt))"
)
# States of a training, and what is only called so.
_OTHER = pattern(r".*(?:optimizer|scheduler|rng_state|training_args|scaler|\.nemo|test|sample).*")


def is_pickled(path: str) -> bool:
    """Whether a path or an address is that of pickled weights."""
    lowered = path.lower()
    return bool(_PICKLED.fullmatch(lowered)) and not _OTHER.fullmatch(lowered.rpartition("/")[2])
