"""Standard input in a file's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.read import read_standard_input
from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from imagelint.run.naming import Naming
    from imagelint.run.session import Session, Survey


def from_standard_input(
    session: Session, paths: tuple[str, ...], name: str | None, naming: Naming
) -> Survey:
    """What comes of standard input.

    Raises:
        UsageError: it is mixed with files, or nothing tells what it is.
    """
    if len(paths) > 1:
        raise UsageError(Diagnostic("standard input (`-`) cannot be mixed with other paths"))
    from imagelint.run.session import Survey

    return Survey(session.check_text(read_standard_input(name or "-"), name or "-", naming))
