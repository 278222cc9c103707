"""Standard input in a file's place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.read import read_standard_input
from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.report import Report
    from imagelint.run.naming import Naming
    from imagelint.run.session import Session


def from_standard_input(
    session: Session, paths: tuple[str, ...], name: str | None, naming: Naming
) -> Mapping[str, Report]:
    """The report about standard input.

    Raises:
        UsageError: it is mixed with files, or nothing tells what it is.
    """
    if len(paths) > 1:
        raise UsageError(Diagnostic("standard input (`-`) cannot be mixed with other paths"))
    return session.check_text(read_standard_input(name or "-"), name or "-", naming)
