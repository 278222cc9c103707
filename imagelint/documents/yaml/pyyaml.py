"""PyYAML, without the expressions that its readers in Python compile when they are imported.

libyaml does the reading here. The expressions, that of the characters which YAML cannot have above
all, take five milliseconds, a thirtieth of what a small manifest takes: compiled if ever used.
"""

from __future__ import annotations

import re

from imagelint.core.pattern import pattern

_compile = re.compile
re.compile = pattern  # type: ignore[assignment]
try:
    import yaml
finally:
    re.compile = _compile

__all__ = ["yaml"]
