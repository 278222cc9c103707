"""Lay together what several scanners report of one image.

Everything that one of them reports counts, once, and says who reports it. Where one reports
something severe with a fix, and another that compares such packages does not, they disagree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple
from imagelint.documents.image.coverage import Unscanned, UnscannedPackages, names_of_packages
from imagelint.documents.image.jsonview import JsonView, read_json
from imagelint.documents.image.opinions.identifiers import PackageKey, package_key
from imagelint.documents.image.opinions.opinion import (
    ANYWHERE,
    KINDS,
    TYPES,
    Compared,
    Disagreement,
    Opinion,
)
from imagelint.documents.image.vulnerabilities import (
    DatabaseInfo,
    ScanFacts,
    Scanned,
    Status,
    Vulnerability,
    VulnerabilityReport,
    database_info,
    known,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from imagelint.core.source import Source
    from imagelint.documents.base import Node

LEADER = "Trivy"
_WHOLE_SYSTEM = frozenset(
    (
        *(Unscanned.NO_DISTRIBUTION, Unscanned.UNKNOWN_SYSTEM, Unscanned.EMPTY_DATABASE),
        Unscanned.UNKNOWN_RELEASE,
    )
)
_SYSTEM_TYPES = frozenset(("alpm", "apk", "deb", "rpm"))


class Listing(NamedTuple):
    """What the scanner that leads lists: packages, how each is shown, and what it is built from.

    `sources` are, by the name of a system's package, its source packages: some advisories are
    about those.
    """

    scanner: str
    packages: Mapping[PackageKey, str]
    sources: Mapping[str, frozenset[str]]
    compared: Compared


def listing(document: VulnerabilityReport, text: str) -> Listing:
    """What Trivy lists in a report that could be read."""
    report = read_json(text)
    packages: dict[PackageKey, str] = {}
    sources: dict[str, frozenset[str]] = {}
    for result in () if isinstance(report, str) else report["Results"].items():
        kind, of_system = result["Type"].text, result["Class"].text == "os-pkgs"
        for one in result["Packages"].items():
            (shown,) = names_of_packages((one,))
            name, _, version = shown.rpartition(" ")
            key = _listed_key(one, (name or shown, version), kind, of_system=of_system)
            packages[key] = shown
            source = one["SrcName"].text
            if of_system and source:
                sources[key.name] = sources.get(key.name, frozenset()) | {source.lower()}
    holes = {name for hole in document.unscanned for name in hole.names}
    unmatched = {key for key, shown in packages.items() if shown in holes}
    whole = any(hole.reason in _WHOLE_SYSTEM for hole in document.unscanned)
    types = frozenset(KINDS) if whole else frozenset(KINDS) | _SYSTEM_TYPES
    listed = frozenset(packages) if packages else None
    return Listing(LEADER, packages, sources, Compared(types, listed, frozenset(unmatched)))


def _listed_key(one: JsonView, shown: tuple[str, str], kind: str, *, of_system: bool) -> PackageKey:
    epoch = one["Epoch"].number
    version = f"{epoch:.0f}:{shown[1]}" if of_system and epoch else shown[1]
    type_ = TYPES.get(kind, "rpm" if of_system else "")
    return package_key(one["Identifier"]["PURL"].text, shown[0], version, type_)


def leading(opinion: Opinion, source: Source, facts: ScanFacts) -> VulnerabilityReport:
    """The report of a scanner that leads, and is not Trivy."""
    facts = facts._replace(version=opinion.version, database=opinion.database)
    holes = []
    if facts.bill is False and not opinion.system:
        holes.append(UnscannedPackages(ANYWHERE, Unscanned.NO_DISTRIBUTION, ()))
    found = (known(one, facts) for one in opinion.vulnerabilities)
    base = VulnerabilityReport(
        source.origin,
        facts,
        Scanned(image_id=opinion.image_id, system=opinion.system, packages=opinion.packages or 0),
        database_info(opinion.database, facts.taken),
        (tuple(holes), ()),
    )
    return base.joined(found, ())


def led(opinion: Opinion) -> Listing:
    """What is known of the packages where another than Trivy leads."""
    return Listing(opinion.scanner, {}, {}, opinion.compared)


def combined(
    document: VulnerabilityReport,
    first: Listing,
    opinions: Sequence[Opinion],
    layers: Mapping[str, str],
    harmless: Callable[[Vulnerability], bool] = lambda _one: False,
) -> VulnerabilityReport:
    """What all scanners report of an image; `layers` are digests by diff id.

    About what is `harmless` nobody disagrees.
    """
    pool = _Pool(document, first, layers)
    for opinion in opinions:
        pool.add(opinion)
    further: list[Node] = []
    for opinion in opinions:
        further.append(_database(opinion, document.facts.taken))
        further += _without_opinion(opinion, first, document)
    compared = {first.scanner: first.compared}
    compared |= {opinion.scanner: opinion.compared for opinion in opinions}
    severe = [(one, key) for one, key in pool.found if _is_severe(one) and not harmless(one)]
    found = _disagreements(severe, compared, first.sources)
    further += (one._replace(path=f"{document.facts.label}{one.path}") for one in found)
    return document.joined((one for one, _ in pool.found), further)


def _database(opinion: Opinion, taken: str) -> DatabaseInfo:
    info = database_info(opinion.database, taken)
    return info._replace(
        scanner=opinion.scanner, path=f"vulnerability database of {opinion.scanner}"
    )


def _without_opinion(
    opinion: Opinion, first: Listing, document: VulnerabilityReport
) -> Iterator[UnscannedPackages]:
    """Packages that the scanner that leads lists, and a further one compared with nothing."""
    compared = opinion.compared
    names = {
        shown
        for key, shown in first.packages.items()
        if not compared.covers(key, first.sources.get(key.name, ()))
    }
    if names:
        path = f"{document.facts.label}{opinion.scanner}"
        reason = Unscanned.NO_SECOND_OPINION
        yield UnscannedPackages(ANYWHERE, reason, tuple(sorted(names)), opinion.scanner, path)


class _Pool:
    """Vulnerabilities with the keys of their packages, those of the first scanner to begin with."""

    def __init__(
        self, document: VulnerabilityReport, first: Listing, layers: Mapping[str, str]
    ) -> None:
        self._first, self._facts, self._layers = first, document.facts, layers
        self._system = document.scanned.system
        self.found: list[tuple[Vulnerability, PackageKey]] = []
        self._at: dict[tuple[str, str], list[int]] = {}
        for one in document.vulnerabilities:
            self._put(one._replace(reporters=(first.scanner,)))

    def _put(self, one: Vulnerability) -> None:
        type_ = TYPES.get(one.kind, "rpm" if one.of_system else "")
        key = package_key(one.purl, one.package, one.installed, type_)
        names = {key.name}
        if key.of_system:
            names |= self._first.sources.get(key.name, frozenset())
        for name in names:
            self._at.setdefault((key.type, name), []).append(len(self.found))
        self.found.append((one, key))

    def add(self, opinion: Opinion) -> None:
        """Add what another scanner reports, to what is there where it is the same."""
        for said in dict.fromkeys(opinion.vulnerabilities):
            key = package_key(said.purl, said.package, said.installed)
            at_all = self._at.get((key.type, key.name), ())
            same = [at for at in at_all if self._is_same(at, said, key)]
            own = (opinion.scanner,)
            if all(self.found[at][0].reporters == own for at in same):
                # What it reports of the same package in another place is another finding.
                placed = self._placed(said._replace(reporters=own))
                if all(self.found[at][0].path != placed.path for at in same):
                    self._put(known(placed, self._facts))
                continue
            for at in same:
                self._confirm(at, said, opinion.scanner)

    def _is_same(self, at: int, said: Vulnerability, key: PackageKey) -> bool:
        one, its = self.found[at]
        # By its source package a system's package may be named in another version.
        versions = its.version == key.version or its.name != key.name
        return versions and not {one.id, *one.aliases}.isdisjoint((said.id, *said.aliases))

    def _confirm(self, at: int, said: Vulnerability, scanner: str) -> None:
        one, key = self.found[at]
        reporters = dict.fromkeys((*one.reporters, scanner))
        others = dict.fromkeys((*one.aliases, said.id, *said.aliases))
        others.pop(one.id, None)
        one = one._replace(reporters=tuple(reporters), aliases=tuple(others))
        if said.rated and not one.rated:
            one = one._replace(severity=said.severity, rated=True)
        if said.fixed and not one.fixed:
            one = one._replace(fixed=said.fixed, status=said.status)
        self.found[at] = (known(one, self._facts), key)

    def _placed(self, one: Vulnerability) -> Vulnerability:
        """With its layer and its place in the words of the scanner that leads."""
        layer = self._layers.get(one.layer, one.layer)
        if not one.of_system:
            place = one.path or one.target or one.package
            return one._replace(layer=layer, path=place, target=one.target or place)
        kind = self._system.partition(" ")[0] or one.kind
        place = self._system or one.path or one.package
        return one._replace(layer=layer, kind=kind, path=place, target=place)


def _is_severe(one: Vulnerability) -> bool:
    known_harmless = one.status is Status.NOT_AFFECTED
    return one.severity >= Severity.HIGH and bool(one.fixed) and not known_harmless


def _disagreements(
    found: Iterable[tuple[Vulnerability, PackageKey]],
    compared: Mapping[str, Compared],
    sources: Mapping[str, frozenset[str]],
) -> Iterator[Disagreement]:
    """One for each package and scanner that is silent about something severe that has a fix."""
    silent: dict[tuple[PackageKey, str], list[Vulnerability]] = {}
    for one, key in found:
        for scanner, its in compared.items():
            if scanner not in one.reporters and its.covers(key, sources.get(key.name, ())):
                silent.setdefault((key, scanner), []).append(one)
    for (key, scanner), ones in silent.items():
        package, _, _ = ones[0].purl.partition("@")
        yield Disagreement(
            ANYWHERE,
            package=f"{ones[0].package} {ones[0].installed}".strip(),
            silent=scanner,
            reporters=tuple(dict.fromkeys(name for one in ones for name in one.reporters)),
            ids=tuple(sorted({one.id for one in ones})),
            severity=max(one.severity for one in ones),
            subject=f"{package or ones[0].package} {scanner}",
            path=ones[0].path,
            listed=compared[scanner].lists(key, sources.get(key.name, ())),
        )
