"""How images are named that are neither in a registry nor in a layout."""

from __future__ import annotations

import os

from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.record import NamedTuple
from imagelint.core.reference import parse_reference, reference_fault

_DAEMON = "docker-daemon:"
_ARCHIVES = ("docker-archive:", "oci-archive:")
_ENDS = (".tar", ".tar.gz", ".tgz", ".tar.zst")


class LocalReference(NamedTuple):
    """Where an image is: with a daemon under a name, or in a file, there chosen by `choice`."""

    file: str = ""
    choice: str = ""
    name: str = ""
    scheme: str = ""


def is_local(text: str) -> bool:
    """Whether a reference names an image in an archive or with a daemon."""
    return text.startswith((_DAEMON, *_ARCHIVES)) or text.endswith(_ENDS)


def parse_local_reference(text: str) -> LocalReference:
    """The parts of such a reference; the longest part that is a file is the file.

    Raises:
        UsageError: it names nothing.
    """
    if text.startswith(_DAEMON):
        name = text.removeprefix(_DAEMON)
        # An id (`sha256:…`, or a part of it) is of the same grammar as a name.
        if parse_reference(name) is not None:
            return LocalReference(name=name, scheme=_DAEMON)
        fault = f", since `{name}` {reference_fault(name)}" if name else ""
        help_ = f"write `{_DAEMON}NAME:TAG`"
        raise UsageError(Diagnostic(f"`{text}` names no image{fault}", help=help_))
    scheme = next((one for one in _ARCHIVES if text.startswith(one)), "")
    rest = text.removeprefix(scheme)
    if not rest:
        raise UsageError(Diagnostic(f"`{text}` names no file", help=f"write `{scheme}FILE`"))
    ends = [len(rest), *(at for at in range(len(rest) - 1, 0, -1) if rest[at] in ":@")]
    end = next((end for end in ends if os.path.isfile(rest[:end])), len(rest))
    return LocalReference(rest[:end], rest[end + 1 :], scheme=scheme)
