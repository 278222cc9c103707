"""Files by which scanners know what is installed, and links that stand for them.

A scanner reads the files of each layer and follows no link. Installers make some: uv and pnpm link
what they install to their caches, by default, where both are of one file system. As long as the
cache is there, its own files tell; where a later layer removes it, nothing does.
https://docs.astral.sh/uv/reference/settings/#link-mode, https://pnpm.io/npmrc#package-import-method
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from imagelint.documents.image.layers.tar import EntryKind

if TYPE_CHECKING:
    from imagelint.documents.image.layers.tar import TarEntry

_ENDS = {
    ".dist-info/METADATA": "Python package",
    ".egg-info/PKG-INFO": "Python package",
    "/package.json": "Node package",
    ".jar": "Java archive",
    ".gemspec": "Ruby package",
}
_LISTS = frozenset(
    (
        *("lib/apk/db/installed", "usr/lib/apk/db/installed", "var/lib/dpkg/status"),
        *(
            f"{folder}/{name}"
            for folder in ("var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm")
            for name in ("Packages", "Packages.db", "rpmdb.sqlite")
        ),
    )
)
_TELLING = tuple(_ENDS)
_SYSTEM = "system package list"


def _below() -> dict[str, tuple[str, ...]]:
    """What of the paths of lists stands below a folder, by the folder."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(_LISTS):
        at = path.rfind("/")
        while at > 0:
            found[path[:at]] = (*found.get(path[:at], ()), path[at + 1 :])
            at = path.rfind("/", 0, at)
    return found


_BELOW = _below()


def tells_of(path: str) -> str:
    """What a file of that path says to be installed; empty: nothing."""
    if path.endswith(_TELLING):
        kind = next(kind for end, kind in _ENDS.items() if path.endswith(end))
        return kind if kind != "Node package" or "node_modules/" in path else ""
    return _SYSTEM if path in _LISTS else ""


def linked_list(path: str, entry: TarEntry) -> str:
    """What a link, at a path below the root, should say to be installed; empty: nothing.

    A symbolic link to a file of such a name may lead there by other links: nobody can tell.
    """
    if entry.kind is EntryKind.LINK and path in _BELOW:
        return (
            _SYSTEM if any(one not in _LISTS for one in behind(path, link_of(path, entry))) else ""
        )
    kind = tells_of(path)
    if not kind or entry.kind not in (EntryKind.HARD_LINK, EntryKind.LINK):
        return ""
    return "" if entry.kind is EntryKind.LINK and _named(link_of(path, entry)) else kind


def behind(path: str, target: str) -> tuple[str, ...]:
    """Where lists are to which a link at a path leads: it stands for one, or for a folder above."""
    return tuple(f"{target}/{rest}" for rest in _BELOW.get(path, ())) or (target,)


def _named(path: str) -> bool:
    return path.endswith(_TELLING) or posixpath.basename(path) in map(posixpath.basename, _LISTS)


def link_of(path: str, entry: TarEntry) -> str:
    """Where a link leads, below the root."""
    from_root = entry.kind is EntryKind.HARD_LINK or entry.link.startswith("/")
    target = entry.link if from_root else posixpath.join(posixpath.dirname(path), entry.link)
    return posixpath.normpath(target).lstrip("/")
