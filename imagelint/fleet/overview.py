"""A run on one screen: at most 24 lines of 100 characters, what matters most first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.fleet.days import days_before
from imagelint.fleet.sizes import counted, in_bytes
from imagelint.reporters.visible import visible
from imagelint.store.records import Category

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.fleet.gather import Fleet
    from imagelint.store import views

WIDTH = 100
_LABEL = 13
_MOST = 3
_SOON_DAYS = 30
_DRIFT = {
    "signature-lost": "lost their signature",
    "worse": "fail now",
    "better": "pass now",
    "moved": "lead to another digest",
    "signed": "are signed now",
    "new": "are new",
    "gone": "are gone",
}


def overview(fleet: Fleet) -> Iterator[str]:
    """The lines, each with its line feed."""
    for label, text in _lines(fleet):
        line = f"{label:<{_LABEL}}{visible(text)}".rstrip()
        yield f"{line if len(line) <= WIDTH else f'{line[: WIDTH - 1]}…'}\n"


def _lines(fleet: Fleet) -> Iterator[tuple[str, str]]:
    run, found = fleet.run, fleet.overview
    yield "run", f"{run.id} of {run.started}, depth {run.depth}: {', '.join(run.sources)}"
    if fleet.wanted.words:
        yield "only", ", ".join(f"{name} {value}" for name, value in fleet.wanted.words)
    asked = fleet.wanted.of_findings
    references = counted(fleet.audited if asked else found.references, "reference")
    images = f"{references}, {counted(found.images, 'image')}, {in_bytes(found.size)}"
    yield "found in" if asked else "looked at", images
    others = found.categories.get(Category.NOT_AN_IMAGE.value, 0)
    beside = f"; {others:,} no image" if others else ""
    yield "audited", f"{fleet.audited:,} ({_named(found.outcomes)}){beside}"
    if fleet.untold or fleet.of_sources:
        many = f"{sum(fleet.untold.values()):,} ({_named(fleet.untold)})"
        more = f"; {counted(fleet.of_sources, 'problem')} with sources" if fleet.of_sources else ""
        yield "not audited", f"{many}{more}"
    counts = found.findings
    named = dict(zip(counts._fields, counts, strict=True))
    yield "findings", f"{counts.total:,} ({_named(named)})"
    for base in fleet.bases[:1]:
        yield "one base", f"makes {_share(base, fleet)}: {base.name}"
    yield from _first("rules", map(_rolled, fleet.groups["rule"]))
    yield from _first("CVEs", map(_vulnerability, fleet.vulnerabilities))
    yield from _first("packages", map(_rolled, fleet.groups["package"]))
    contacts = fleet.run.contacts
    yield from _first("teams", (_team(one, contacts) for one in fleet.groups["owner"]))
    yield from _change(fleet)
    if fleet.stale:
        count = len(fleet.stale)
        were = "reference was" if count == 1 else "references were"
        more = f"{count:,} {were} not audited since {fleet.stale_day}"
        never = sum(not last for _, last in fleet.stale)
        yield "too old", f"{more}{f', {never:,} of them never' if never else ''}"
    yield from _waivers(fleet)
    if fleet.unknown:
        yield "not known", fleet.unknown
    yield "policy", f"{run.policy} {run.policy_digest}".strip()
    of_run = " (of the whole run)" if fleet.wanted.words else ""
    yield "outcome", f"{run.outcome or 'the run goes on'}{of_run}"


def _named(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in counts.items() if number) or "none"


def _share(base: views.RollUp, fleet: Fleet) -> str:
    total = fleet.overview.findings.total
    return f"{base.shared:,} of {total:,} findings, in {counted(base.images, 'image')}"


def _first(label: str, told: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Some lines, the first with a label."""
    for number, text in zip(range(_MOST), told, strict=False):
        yield "" if number else label, text


def _rolled(group: views.RollUp) -> str:
    level = Severity(group.severity)
    return f"{group.findings:>7,}  {group.name} ({level}, {counted(group.images, 'image')})"


def _team(group: views.RollUp, contacts: Mapping[str, str]) -> str:
    name, contact = group.name or "nobody's", contacts.get(group.name, "")
    reached = f", {contact}" if contact else ""
    return f"{group.findings:>7,}  {name} ({counted(group.images, 'image')}{reached})"


def _vulnerability(one: views.VulnerabilityView) -> str:
    said = [str(Severity(one.severity))]
    said += [f"exploited since {one.exploited}"] if one.exploited else []
    said += [f"EPSS {one.epss:.2f}"] if one.epss is not None else []
    said += ["fixed"] if one.fixed else []
    reached = f", {one.exposed:,} reached from outside" if one.exposed else ""
    said.append(f"{counted(one.images, 'image')}{reached}")
    return f"{one.findings:>7,}  {one.id} ({', '.join(said)})"


def _change(fleet: Fleet) -> Iterator[tuple[str, str]]:
    if fleet.before is not None:
        said = ", ".join(
            f"{fleet.drift_counts[kind]:,} {words}"
            for kind, words in _DRIFT.items()
            if fleet.drift_counts.get(kind)
        )
        other = fleet.before.policy_digest != fleet.run.policy_digest
        by = ", by another policy" if other else ""
        yield "changed", f"since run {fleet.before.id}{by}: {said or 'nothing'}"
        new, fixed = (fleet.changes.counts.get(kind, 0) for kind in ("new", "fixed"))
        more = " of the first images" if fleet.changes.are_cut else ""
        yield "findings", f"{new:,} new, {fixed:,} fixed{more} (`--table changes`)"
    if len(fleet.trend) > 1:
        points = " → ".join(f"{point.findings.total:,}" for point in fleet.trend[-8:])
        yield "trend", f"{points} findings"


def _waivers(fleet: Fleet) -> Iterator[tuple[str, str]]:
    if not fleet.waivers:
        return
    soon = days_before(fleet.run.started, -_SOON_DAYS)
    ending = sum(waiver.until <= soon for waiver in fleet.waivers)
    unused = sum(not waiver.used for waiver in fleet.waivers)
    said = f"{len(fleet.waivers):,}: {ending:,} end by {soon}, {unused:,} unused"
    yield "waivers", said
