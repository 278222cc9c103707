"""Reports about a run that are written part by part: no run is held in memory, however large.

What stands in a format before the findings and is told by them (how many there are, of which
rules) is known once all were walked through: they wait in files without a name meanwhile.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from imagelint.core.errors import Diagnostic, UsageError
from imagelint.reporters import defectdojo, gitlab, json, junit, markdown
from imagelint.reporters.identity import identities
from imagelint.reporters.order import (
    SEVERITIES,
    allowed_by_place,
    by_place,
    examined_by_name,
    problems_by_place,
    severity_counts,
)
from imagelint.reporters.stream import Lines, chunks, dump

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from imagelint.core.finding import Severity
    from imagelint.core.report import Verdict
    from imagelint.fleet.formats import Telling
    from imagelint.reporters.stream import Json
    from imagelint.store import views

_IN_MEMORY = 1 << 20
_LISTS = ("findings", "allowed", "problems", "examined")


class Spool:
    """Texts that wait until they are wanted: in memory while they are few, else in a file."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - it is closed by `with`
            _IN_MEMORY, "w+", encoding="utf-8", errors="surrogatepass", newline=""
        )

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Forget all of it."""
        self._file.close()

    def add(self, texts: Iterable[str]) -> None:
        """Take texts.

        Raises:
            UsageError: there is no room for them.
        """
        try:
            self._file.writelines(texts)
        except OSError as error:
            where = tempfile.gettempdir()
            detail = f"cannot keep a part of the report: {error.strerror or error}"
            help_ = "make room there, or name another folder by TMPDIR"
            raise UsageError(Diagnostic(detail, at=where, help=help_)) from None

    def __iter__(self) -> Iterator[str]:
        """All of it, line by line."""
        self._file.seek(0)
        yield from self._file


def json_report(telling: Telling) -> Iterator[str]:
    """One object, as docs/report.schema.json describes it."""
    levels: Counter[Severity] = Counter()
    counts: Counter[str] = Counter()
    names: set[str] = set()
    with ExitStack() as stack:
        spools = {name: stack.enter_context(Spool()) for name in _LISTS}
        for part in telling.verdicts.parts(telling.wanted):
            levels.update(severity_counts(part.report.findings))
            names.update(one.rule for one in part.report.findings)
            names.update(one.finding.rule for one in part.report.allowed)
            whose = told_whose(telling.verdicts.whose(part))
            for name, members in _members(part, whose).items():
                counts[name] += len(members)
                spools[name].add(f"{dump(one)}\n" for one in members)
        told: dict[str, Json] = {name: counts[name] for name in ("allowed", "problems", "examined")}
        told["findings"] = {str(level): levels[level] for level in SEVERITIES}
        yield from chunks(
            {
                **json.head(telling.verdicts.empty(), telling.context),
                "counts": told | {"ignored": 0},
                "rules": json.described(names, telling.context),
                **{name: Lines(map(str.rstrip, spool)) for name, spool in spools.items()},
                "ignored": [],
                "ignored_files": [],
            }
        )
        yield "\n"


def told_whose(whose: Mapping[str, views.Whose]) -> Callable[[str], dict[str, Json]]:
    """What objects of JSON say of the image that they are about, where they are about one."""
    return lambda origin: whose[origin]._asdict() if origin in whose else {}


def _members(part: Verdict, whose: Callable[[str], dict[str, Json]]) -> dict[str, list[Json]]:
    """What a part has for each of the lists."""
    report = part.report
    findings, allowed = by_place(report.findings), allowed_by_place(report.allowed)
    prints = identities((*findings, *(each.finding for each in allowed)))
    return {
        "findings": [
            json.finding_member(one, known) | whose(one.location.origin)
            for one, known in zip(findings, prints, strict=False)
        ],
        "allowed": [
            json.allowed_member(one, known) | whose(one.finding.location.origin)
            for one, known in zip(allowed, prints[len(findings) :], strict=True)
        ],
        "problems": [
            json.problem_member(one) | whose(one.origin)
            for one in problems_by_place(report.problems)
        ],
        "examined": list(map(json.examined_member, examined_by_name(report.examined))),
    }


def junit_report(telling: Telling) -> Iterator[str]:
    """One suite for each image."""
    counts: Counter[str] = Counter()
    with Spool() as spool:
        for part in telling.verdicts.parts(telling.wanted):
            for suite in junit.suites(part):
                counts.update(suite.counts)
                spool.add((suite.text,))
        yield from junit.written(telling.context, counts, spool)


def gitlab_report(telling: Telling) -> Iterator[str]:
    """One issue for each finding."""
    parts = telling.verdicts.parts(telling.wanted)
    return gitlab.listed(
        text for part in parts for text in gitlab.issues(part, telling.context, pinned=True)
    )


def defectdojo_report(telling: Telling) -> Iterator[str]:
    """One object with all findings."""
    parts = telling.verdicts.parts(telling.wanted)
    members = (
        one for part in parts for one in defectdojo.members(part, telling.context, pinned=True)
    )
    return defectdojo.written(members, telling.context)


def markdown_report(telling: Telling) -> Iterator[str]:
    """A ticket."""
    parts = telling.verdicts.parts(telling.wanted)
    return markdown.ticket(telling.verdicts.empty(), parts, telling.context)
