"""What the image itself says is in it, held against what a scanner lists.

A scanner that leaves a package out, or takes the image for another system, finds nothing and says
nothing. Where the layers were read, their own lists are there to ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.image.coverage import Unscanned, UnscannedPackages, version_of
from imagelint.documents.image.image import NOWHERE
from imagelint.documents.image.jsonview import plain
from imagelint.documents.image.layers.nodes import (
    InstalledList,
    InstalledPackage,
    InstalledSystem,
    UnreadLayer,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.image.jsonview import JsonView

# What os-release calls a system, and Trivy's word for it
# (https://github.com/aquasecurity/trivy/blob/main/pkg/fanal/types/const.go).
_FAMILIES = {
    **{name: name for name in ("alpine", "chainguard", "debian", "fedora", "rocky", "ubuntu")},
    **{name: name for name in ("azurelinux", "centos", "photon", "wolfi")},
    "almalinux": "alma",
    "amzn": "amazon",
    "ol": "oracle",
    "rhel": "redhat",
}
_PARTS = {"alpine": 2, "debian": 1, "ubuntu": 2}
"""So many parts of a release choose the advisories, of systems where both write it alike."""

_RELEASE = pattern(r"\d+(\.\d+)*")
_SEPARATORS = pattern(r"[-_.]+")
_PYTHON = "the metadata of Python packages"
_UNWALKED = ("proc/", "sys/", "dev/")
_OF_SYSTEM = ("usr/lib/", "usr/lib64/", "usr/share/")
"""Where packages of the system bring Python packages, listed as those of the system."""


def contradictions(
    contents: Iterable[Node],
    results: JsonView,
    system: str,
    is_left_out: Callable[[str], bool] = lambda _path: False,
) -> Iterator[UnscannedPackages]:
    """What the layers say and a scanner does not, by its results and its word for the system.

    `is_left_out` tells of a path whether the scanner was told to pass it over. Nothing where a
    layer could not be read: of what it removes nobody knows.
    """
    nodes = tuple(contents)
    if any(isinstance(node, UnreadLayer) for node in nodes):
        return
    listed = _listed(results)
    for node in nodes:
        if isinstance(node, InstalledSystem):
            yield from _system(node, system)
        elif isinstance(node, InstalledList) and not is_left_out(node.path):
            if node.unread:
                detail = f"`{plain(node.path)}` in the image {node.unread}"
                yield UnscannedPackages(NOWHERE, Unscanned.UNCOMPARED, (), detail)
            missing = sorted({one for one in node.packages if one not in listed})
            later = ", which a later layer removed," if node.removed else ""
            yield from _unlisted(missing, f"`{node.path}`{later}")
    yield from _unlisted(sorted(_python(nodes, listed, is_left_out)), _PYTHON)


def _unlisted(names: list[str], where: str) -> Iterator[UnscannedPackages]:
    if names:
        yield UnscannedPackages(NOWHERE, Unscanned.UNLISTED, tuple(names), where)


def _system(said: InstalledSystem, system: str) -> Iterator[UnscannedPackages]:
    """Whether a scanner took the image for another system; where it knows none, it says so."""
    family, _, release = system.partition(" ")
    expected = _FAMILIES.get(said.name)
    if expected is None or not family:
        return
    parts = _PARTS.get(said.name, 0)
    ours, theirs = said.version.split(".")[:parts], release.split("-")[0].split(".")[:parts]
    comparable = _RELEASE.fullmatch(said.version) and _RELEASE.fullmatch(release.split("-")[0])
    if family != expected or (comparable and ours != theirs):
        named = f"{said.name} {said.version}".strip()
        detail = f"`{said.path}` says {named}, and the scanner took it for {system}"
        yield UnscannedPackages(NOWHERE, Unscanned.OTHER_SYSTEM, (), detail)


def _listed(results: JsonView) -> set[str]:
    """All that a scanner lists, as `name version`; of Python packages by their normal names."""
    found: set[str] = set()
    for result in results.items():
        is_python = result["Class"].text == "lang-pkgs"
        for one in result["Packages"].items():
            name, epoch = one["Name"].text, one["Epoch"].number
            version = version_of(one)
            name = _SEPARATORS.sub("-", name).lower() if is_python else name
            found.add(f"{name} {version}")
            if epoch:
                found.add(f"{name} {epoch:g}:{version}")
            elif not is_python:
                found.add(f"{name} 0:{version}")
    return found


def _python(
    nodes: tuple[Node, ...], listed: set[str], is_left_out: Callable[[str], bool]
) -> Iterator[str]:
    has_system = any(isinstance(node, InstalledSystem) for node in nodes)
    for node in nodes:
        if isinstance(node, InstalledPackage):
            path = node.path.partition(": ")[2]
            if path.startswith(_UNWALKED) or "/.git/" in f"/{path}":
                continue
            if has_system and path.startswith(_OF_SYSTEM):
                continue
            if f"{node.name} {node.version}" not in listed and not is_left_out(path):
                yield f"{node.name} {node.version}"
