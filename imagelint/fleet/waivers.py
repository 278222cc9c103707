"""Waivers of a policy: until when each holds, whether an audit needed it, and as VEX."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagelint.core.digest import digest_of
from imagelint.core.record import NamedTuple
from imagelint.fleet.days import days_before
from imagelint.fleet.sizes import counted
from imagelint.reporters.csv import line
from imagelint.reporters.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from imagelint.policy.model import Policy, Waiver
    from imagelint.store.questions import WaivedVulnerability
    from imagelint.store.views import WaiverView

CONTEXT = "https://openvex.dev/ns/v0.2.0"
_FIELDS = (
    *("state", "until", "rule", "where", "subject", "path", "used", "owner", "ticket", "approver"),
    *("reason", "justification", "origin"),
)


class ListedWaiver(NamedTuple):
    """A waiver as it stands on a day.

    `state` is `ended`, `ending` or `holds`; `used` how many findings it allowed in the newest
    audit, `audited` its position among the waivers of that audit; None where it was not among them.
    """

    waiver: Waiver
    state: str
    used: int | None = None
    audited: int | None = None

    def told(self) -> dict[str, str | int | None]:
        """What programs are told of it."""
        said = self.waiver._asdict() | {"state": self.state, "used": self.used}
        return {name: said[name] for name in _FIELDS}


class Choice(NamedTuple):
    """Which waivers: those that end within so many days, that nobody needs, of an owner."""

    ending: int | None = None
    unused: bool = False
    owner: str | None = None

    def takes(self, one: ListedWaiver, today: str) -> bool:
        """Whether it is one of them."""
        if self.ending is not None and one.waiver.until > days_before(today, -self.ending):
            return False
        if self.owner is not None and one.waiver.owner != self.owner:
            return False
        return not self.unused or one.used == 0


def listed(
    waivers: Sequence[Waiver], seen: Iterable[WaiverView], today: str, soon: int = 30
) -> tuple[ListedWaiver, ...]:
    """All waivers, the first to end first. `seen` are those of the newest audit."""
    known = {_said(one): (one.used, position) for position, one in enumerate(seen)}
    last = days_before(today, -soon)
    found = []
    for one in sorted(waivers, key=lambda each: each.until):
        state = "ended" if one.until < today else "ending" if one.until <= last else "holds"
        found.append(ListedWaiver(one, state, *known.get(_said(one), (None, None))))
    return tuple(found)


def _said(one: Waiver | WaiverView) -> tuple[str, ...]:
    """What makes a waiver of an audit the same as one of the policy."""
    return (one.rule, one.where, one.subject, one.reason, one.until)


def as_text(waivers: Sequence[ListedWaiver]) -> Iterator[str]:
    """A block for each, and how many there are."""
    for one in waivers:
        waiver = one.waiver
        about = " ".join(part for part in (waiver.rule, waiver.subject, waiver.where) if part)
        yield f"{waiver.until}  {one.state:<6}  {visible(about)}\n"
        yield f"            {visible(waiver.reason)}\n"
        said = {
            "at": waiver.path,
            "owner": waiver.owner,
            "ticket": waiver.ticket,
            "approver": waiver.approver,
            "justification": waiver.justification,
            "used": ""
            if one.used is None
            else f"{counted(one.used, 'finding')} in the newest audit",
        }
        for name, value in said.items():
            if value:
                yield f"            {name}: {visible(value)}\n"
    unused = sum(one.used == 0 for one in waivers)
    states = [sum(one.state == state for one in waivers) for state in ("ended", "ending")]
    many = counted(len(waivers), "waiver")
    yield f"{many}, {states[0]} ended, {states[1]} end soon, {unused} unused\n"


def hint(policy: Policy) -> Iterator[str]:
    """What may have been missed: packs have no waivers, and an audit may go by another policy."""
    if not policy.sources:
        yield "no policy file holds here: name that of the audit, `--policy FILE`, or see "
        yield "those of its newest run: `imagelint report --table waivers`\n"


def as_json(waivers: Sequence[ListedWaiver]) -> Iterator[str]:
    """A list of objects."""
    yield json.dumps([one.told() for one in waivers], indent=1) + "\n"


def as_csv(waivers: Sequence[ListedWaiver]) -> Iterator[str]:
    """A line of titles, and a row for each."""
    yield line(_FIELDS)
    for one in waivers:
        yield line("" if value is None else value for value in one.told().values())


def as_openvex(
    waivers: Sequence[ListedWaiver],
    met: Sequence[WaivedVulnerability],
    author: str,
    moment: str,
) -> Iterator[str]:
    """One document of all that waivers say about vulnerabilities of images.

    https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md. Without a justification a waiver says
    that somebody accepts the risk for now: then the image is affected, and why it may stay is what
    is done about it.
    """
    by_position = {one.audited: one.waiver for one in waivers if one.state != "ended"}
    grouped: dict[tuple[int, str], list[WaivedVulnerability]] = {}
    for one in met:
        if one.waiver in by_position:
            grouped.setdefault((one.waiver, one.vulnerability), []).append(one)
    statements = [
        _statement(by_position[position], vulnerability, found)
        for (position, vulnerability), found in grouped.items()
    ]
    document = {
        "@context": CONTEXT,
        "@id": f"urn:imagelint:vex:{digest_of(json.dumps(statements))}",
        "author": author,
        "timestamp": moment,
        "version": 1,
        "tooling": "imagelint",
        "statements": statements,
    }
    yield json.dumps(document, indent=1) + "\n"


def _statement(
    waiver: Waiver, vulnerability: str, met: Sequence[WaivedVulnerability]
) -> dict[str, object]:
    products: dict[str, set[str]] = {}
    for one in met:
        parts = products.setdefault(_product(one.repository, one.digest), set())
        parts.update(word for word in one.subject.split() if word.startswith("pkg:"))
    # A statement of VEX knows no places in an image: what holds at one is not said of all.
    harmless = waiver.justification and not waiver.path
    until = f"accepted until {waiver.until}: {waiver.reason}"
    why = (
        {
            "status": "not_affected",
            "justification": waiver.justification,
            "impact_statement": waiver.reason,
        }
        if harmless
        else {"status": "affected", "action_statement": until}
    )
    return {
        "vulnerability": {"name": vulnerability},
        "products": [
            {
                "@id": purl,
                **({"subcomponents": [{"@id": part} for part in sorted(parts)]} if parts else {}),
            }
            for purl, parts in sorted(products.items())
        ],
        **why,
    }


def _product(repository: str, digest: str) -> str:
    """https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md."""
    from urllib.parse import quote

    name = quote(repository.rpartition("/")[2].lower(), safe="")
    where = quote(repository, safe="/:.")
    return f"pkg:oci/{name}@{digest}?repository_url={where}"
