"""The files that are mended."""

from __future__ import annotations

import os
from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.collect.findup import root_of
from imagelint.collect.read import decode, read_bytes
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.run.naming import Naming

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from imagelint.core.report import Report
    from imagelint.engine.baseline import Baseline
    from imagelint.run.session import Session


class FixPaths(NamedTuple):
    """The files and folders to mend; `name` is what standard input stands for.

    With `candidates` a named file may be of no kind that is ours.
    """

    paths: tuple[str, ...]
    name: str = "-"
    candidates: bool = False


def examined(
    session: Session, named: FixPaths, baseline: Baseline | None
) -> Callable[[Mapping[str, str]], Report]:
    """What gives the report that counts if files held other texts."""

    def examine(texts: Mapping[str, str]) -> Report:
        naming = Naming(candidates=named.candidates)
        reports = session._replace(texts=texts).check(named.paths, naming=naming)
        return session.suppress(reports, baseline, paths=named.paths).report

    return examine


def readable(origin: str) -> str | Problem:
    """The text of a file that may be changed: one of its repository, which is UTF-8 throughout."""
    place = os.path.realpath(origin)
    root = os.path.realpath(root_of(dirname(origin) or "."))
    data = read_bytes(place, origin, root)
    if isinstance(data, Problem):
        return data
    source = decode(data, origin).source
    if source is None or source.text.encode("utf-8") != data:
        return Problem(ProblemKind.UNPARSABLE, origin, "is not UTF-8 throughout: it is left alone")
    return source.text
