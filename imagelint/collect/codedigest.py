"""What our own code is, where it may change between two runs of the same version."""

from __future__ import annotations

import os
from contextlib import suppress

from imagelint.core.digest import digest_of

_INSTALLED = ("site-packages", "dist-packages")


def code_stamp(folder: str) -> str:
    """Empty for an installed release, which stays as it is; else it changes with every file.

    `folder` is that of the package. Who edits a rule in a checkout must not be shown what the rule
    said before.
    """
    if any(part in _INSTALLED for part in folder.split(os.sep)):
        return ""
    times = []
    for current, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            with suppress(OSError):  # an editor's file that is gone again
                times.append(f"{name} {os.stat(os.path.join(current, name)).st_mtime_ns}")
    return digest_of(*times)
