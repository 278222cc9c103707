"""What a scan says besides what a finding does: layers, packages, what is exploited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.store.records import PackageList, StoredPackage, StoredVulnerability

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.image.opinions.listed import ListedPackage
    from imagelint.documents.image.vulnerabilities import Vulnerability
    from imagelint.store.records import StoredFinding

_DAY = len("2026-01-31")


class Scanned:
    """The vulnerabilities of an image, by the findings about them."""

    def __init__(self, vulnerabilities: Iterable[Vulnerability] = ()) -> None:
        self._about: dict[tuple[str, str], list[Vulnerability]] = {}
        self._named: dict[str, list[Vulnerability]] = {}
        for one in vulnerabilities:
            self._about.setdefault((one.subject, one.path), []).append(one)
            self._named.setdefault(one.id, []).append(one)

    def located(self, finding: StoredFinding) -> StoredFinding:
        """A finding with its package, and with its layer where it can be only one."""
        about = self._about.get((finding.subject, finding.place))
        if not about:
            return finding
        layers = {one.layer for one in about}
        return finding._replace(
            vulnerability=about[0].id,
            # The last part of a URL may be that of several: `golang.org/x/net` is not `net`.
            package=about[0].package or finding.package,
            layer=(layers.pop() or None) if len(layers) == 1 else None,
        )

    def known(self, findings: Iterable[StoredFinding]) -> tuple[StoredVulnerability, ...]:
        """What is known of the vulnerabilities that findings are about, each once, in order."""
        names = sorted({one.vulnerability for one in findings if one.vulnerability})
        return tuple(_known(self._named[name]) for name in names if name in self._named)


def _known(several: list[Vulnerability]) -> StoredVulnerability:
    """What all packages that have a vulnerability tell of it."""
    first = several[0]
    return StoredVulnerability(
        first.id,
        max(one.severity for one in several),
        max(one.title for one in several),
        max(one.published for one in several)[:_DAY],
        fixed=any(one.fixed for one in several),
        epss=first.epss,
        exploited=first.exploited,
        aliases=tuple(sorted({alias for one in several for alias in one.aliases})),
    )


def by_layer(packages: Iterable[ListedPackage]) -> tuple[PackageList, ...]:
    """Packages as lists, layer by layer; one that is empty where there are none."""
    found: dict[str, set[StoredPackage]] = {}
    for name, version, kind, layer in packages:
        found.setdefault(layer, set()).add(StoredPackage(name, version, kind))
    return tuple(map(PackageList, map(frozenset, found.values()))) or (PackageList(),)
