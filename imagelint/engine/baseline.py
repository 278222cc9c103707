"""What a project had when it adopted us: findings that do not count, known by their content.

Findings about secrets, signatures and allowances are never part of a baseline: a leaked secret, an
untrusted image and an allowance that allows nothing need somebody's word, a reason and a day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.fingerprint import fingerprints
from imagelint.core.record import NamedTuple
from imagelint.core.report import AllowanceKind
from imagelint.engine.suppression import Suppression, as_it_is
from imagelint.rules.families import family_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from imagelint.core.finding import Finding
    from imagelint.core.source import Source

VERSION = 1


class BaselineEntry(NamedTuple):
    """One finding of a baseline: the fingerprint knows it, the rest tells who reads it which it is.

    An entry that says another thing than what its fingerprint stands for does not count.
    """

    origin: str
    rule: str
    subject: str
    fingerprint: str


class Baseline(NamedTuple):
    """The findings of a baseline, by fingerprint. `origin` is the file that holds it.

    Whatever it says of files, it says relative to its own folder.
    """

    entries: Mapping[str, BaselineEntry] = {}
    origin: str = ""


class Comparison(NamedTuple):
    """What the baseline suppresses of some findings, and what of it is no longer found."""

    suppression: Suppression
    missing: tuple[BaselineEntry, ...]


def may_enter(finding: Finding) -> bool:
    """Whether a baseline may hold the finding."""
    return family_of(finding.rule).in_baseline


def write_baseline(findings: Iterable[Finding], place: Callable[[str], str] = as_it_is) -> str:
    """The text of a baseline with all of the findings that may enter one, sorted.

    `place` gives an origin as it is from the baseline's folder.
    """
    import json

    given = tuple(placed(finding, place) for finding in findings)
    entries = sorted(
        BaselineEntry(finding.location.origin, finding.rule, finding.subject, known_by)
        for finding, known_by in zip(given, fingerprints(given), strict=True)
        if may_enter(finding)
    )
    written = {"version": VERSION, "findings": [entry._asdict() for entry in entries]}
    return json.dumps(written, indent=2, ensure_ascii=False) + "\n"


def read_baseline(source: Source) -> Baseline:
    """The baseline of a text.

    Raises:
        UsageError: it is not a baseline, or one of another version.
    """
    import json

    try:
        data = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        raise _refused(source, f"it is not JSON: {error}") from None
    if not isinstance(data, dict) or "version" not in data:
        raise _refused(source, "it has no version")
    if data["version"] != VERSION:
        raise _refused(source, f"it has version {data['version']}, this reads {VERSION}")
    findings = data.get("findings")
    if not isinstance(findings, list) or not all(map(_is_entry, findings)):
        raise _refused(source, "its findings are not a list of origin, rule, subject, fingerprint")
    entries = (
        BaselineEntry(**{field: said[field] for field in BaselineEntry._fields})
        for said in cast("list[dict[str, str]]", findings)
    )
    return Baseline({entry.fingerprint: entry for entry in entries}, source.origin)


def placed(finding: Finding, place: Callable[[str], str]) -> Finding:
    """A finding whose origin is as it is from somewhere else."""
    origin = place(finding.location.origin)
    return finding._replace(location=finding.location._replace(origin=origin))


def compare(
    findings: Iterable[Finding], baseline: Baseline, place: Callable[[str], str] = as_it_is
) -> Comparison:
    """Which findings the baseline holds. Deterministic for findings in the same order."""
    given = tuple(findings)
    there = [placed(finding, place) for finding in given]
    marks = {
        mark: finding
        for mark, finding, as_held in zip(fingerprints(there), given, there, strict=True)
        if mark in baseline.entries and _tells(baseline.entries[mark], as_held)
    }
    held = frozenset(filter(may_enter, marks.values()))
    missing = tuple(entry for mark, entry in baseline.entries.items() if mark not in marks)
    suppression = Suppression(
        AllowanceKind.BASELINE,
        frozenset(finding.rule for finding in held),
        held.__contains__,
        "the baseline holds it",
    )
    return Comparison(suppression, missing)


def _tells(entry: BaselineEntry, finding: Finding) -> bool:
    """Whether an entry says of which finding it is."""
    said = (entry.origin.removeprefix("./"), entry.rule, entry.subject)
    return said == (finding.location.origin.removeprefix("./"), finding.rule, finding.subject)


def _is_entry(said: object) -> bool:
    return isinstance(said, dict) and all(
        isinstance(said.get(field), str) for field in BaselineEntry._fields
    )


def _refused(source: Source, why: str) -> UsageError:
    return UsageError(
        Diagnostic(
            f"the baseline cannot be used: {why}",
            source.origin,
            "write it again with --write-baseline",
        )
    )
