"""Regular expressions that are compiled when they are first used.

A start of the program loads some three hundred of them and uses a few dozen; compiling one takes
a tenth of a millisecond.
"""

from __future__ import annotations

import re
from typing import AnyStr, cast

_METHODS = ("match", "fullmatch", "search", "finditer", "findall", "sub", "subn", "split")


class _Lazy:
    """Stands for a compiled pattern; its methods become its own with the first use of any."""

    def __init__(self, text: object, flags: int) -> None:
        self._source = (text, flags)

    def __getattr__(self, name: str) -> object:
        compiled = re.compile(*self._source)  # type: ignore[call-overload]
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, compiled when it is first used.

    A mistake in the expression shows only then: every pattern needs a test that uses it.
    """
    return cast("re.Pattern[AnyStr]", _Lazy(text, flags))
