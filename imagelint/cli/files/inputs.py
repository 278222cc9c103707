"""Files that nothing is written over."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.core.report import Verdict

_OUTPUTS = frozenset(("attest", "sbom"))
_OF_LAYOUTS = ("index.json", "oci-layout")
_WHY = "is not written: it is what is judged, or what judges"


def refuse_inputs(outputs: Iterable[str], verdict: Verdict | None = None) -> None:
    """Let nothing be written over what was examined, or over a file that the command was given.

    Raises:
        UsageError: an output is an input as well.
    """
    there = [path for path in outputs if os.path.isfile(path)]  # noqa: PTH113 - pathlib takes long
    if not there:
        return
    examined = verdict.report.examined if verdict else ()
    inputs = {_identity(path) for path in (*_given(), *(mark.origin for mark in examined))}
    folders = tuple(_layouts())
    for path in there:
        if _identity(path) in inputs or any(_is_of_layout(path, folder) for folder in folders):
            help_ = "name another file for what is written"
            raise UsageError(Diagnostic(_WHY, at=path, help=help_))


def _identity(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)  # noqa: PTH116 - as above
    except (OSError, ValueError):
        return 0, 0
    return status.st_dev, status.st_ino


def _given() -> Iterator[str]:
    """The files that the words of the command name, and those of local images."""
    from imagelint.collect.images.names import is_local, parse_local_reference

    for word in _words():
        yield word
        if is_local(word):
            yield parse_local_reference(word).file


def _layouts() -> Iterator[str]:
    from imagelint.collect.registry.layout import is_layout, parse_layout_reference

    for word in _words():
        if is_layout(word):
            yield os.path.realpath(parse_layout_reference(word).folder)


def _words() -> Iterator[str]:
    import click

    context = click.get_current_context(silent=True)
    given: Mapping[str, object] = context.params if context else {}
    for name, value in given.items():
        if name not in _OUTPUTS:
            many = value if isinstance(value, tuple) else (value,)
            yield from (word for word in many if type(word) is str)


def _is_of_layout(path: str, folder: str) -> bool:
    within = os.path.relpath(os.path.realpath(path), folder)
    return within in _OF_LAYOUTS or within.startswith(f"blobs{os.sep}")
