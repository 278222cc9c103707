"""How many examples a property is tried with: those of its own, or many times as many."""

from __future__ import annotations

import os

from hypothesis import settings

# `make search` sets it, together with a new seed.
_TIMES = int(os.environ.get("IMAGELINT_EXAMPLES", "1"))


def examples(count: int) -> settings:
    """Settings for a property with `count` examples, however long each takes."""
    return settings(max_examples=count * _TIMES, deadline=None)
