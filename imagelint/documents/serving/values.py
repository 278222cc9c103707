"""Values out of what is written behind a flag."""

from __future__ import annotations

import re

from imagelint.core.pattern import pattern
from imagelint.documents.quantity import parse_count

_HUB_ID = pattern(r"[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)?", re.ASCII)
_WEIGHT_FILES = (".gguf", ".safetensors", ".bin", ".pt", ".pth", ".mar")
_LENGTH = pattern(r"(\d+(?:\.\d+)?)([kKmMgG])?", re.ASCII)
# vLLM's own reading: small letters are decimal, capitals binary.
# vllm-project/vllm:vllm/engine/arg_utils.py (human_readable_int)
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "K": 2**10, "M": 2**20, "G": 2**30}
_LONGEST_NUMBER = 15


def whole_number(text: str) -> int | None:
    """A whole number of at most 14 digits and without a sign, None for anything else."""
    return parse_count(text) if len(text) < _LONGEST_NUMBER else None


def fraction(text: str) -> float | None:
    """A decimal number, None for anything else."""
    if not re.fullmatch(r"-?[0-9]{1,12}(?:\.[0-9]{0,12})?|-?\.[0-9]{1,12}", text, re.ASCII):
        return None
    return float(text)


def token_count(text: str) -> int | None:
    """A length in tokens: `4096`, `32k` (decimal), `32K` (binary); None for `auto` and `-1`."""
    match = _LENGTH.fullmatch(text)
    if match is None or len(text) > _LONGEST_NUMBER:
        return None
    return int(float(match[1]) * _FACTORS[match[2] or ""])


def is_hub_id(model: str) -> bool:
    """Whether a model's name has the form of a repository on the Hugging Face hub."""
    return _HUB_ID.fullmatch(model) is not None and not model.endswith(_WEIGHT_FILES)
