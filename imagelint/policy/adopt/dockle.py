"""The file of what dockle ignores; its other settings are options of its command.

https://github.com/goodwithtech/dockle#ignore-the-specified-checkpoints
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.policy.adopt.model import OFF, Adopted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source

_FATAL = "high"
_WARN = "medium"
_INFO = "low"
# What dockle calls them where nothing is said, of version 0.4.15:
# https://github.com/goodwithtech/dockle/blob/master/pkg/types/checkpoint.go
_USUAL = (
    ("*", _FATAL),
    *((code, _WARN) for code in ("CIS-DI-0001", "DKL-DI-0006")),
    *((code, _INFO) for code in ("CIS-DI-0005", "CIS-DI-0006", "CIS-DI-0008", "DKL-LI-0003")),
)


def read_dockle(source: Source) -> Adopted:
    """What a `.dockleignore` leaves of dockle's checks, as severe as dockle calls them.

    Its command fails from WARN on, when it is told to fail.
    """
    return Adopted(
        ("dockle",),
        (*_USUAL, *((code, OFF) for code in _ignored(source.text))),
        fail_on=_WARN,
    )


def _ignored(text: str) -> Iterator[str]:
    for line in text.splitlines():
        word = line.partition("#")[0].strip()
        if word:
            yield word.split()[0]
