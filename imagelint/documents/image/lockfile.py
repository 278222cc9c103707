"""`imagelint.lock`: the digests that images had when they were pinned."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from imagelint.core.reference import parse_reference
from imagelint.documents.image.jsonview import plain, read_json
from imagelint.documents.image.manifest import is_digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.core.reference import ImageReference
    from imagelint.documents.image.jsonview import JsonView

VERSION = 1


def lock_key(reference: ImageReference) -> str:
    """The name under which the digest of a tag is kept: in full, so that spellings are one."""
    return f"{reference.name}:{reference.tag or 'latest'}"


def read_lock(text: str) -> dict[str, str] | str:
    """The digests by name and tag, or why the text is no lock file, as the rest of a sentence."""
    view = _read_once(text)
    if isinstance(view, str):
        return view
    if view["version"].number != VERSION or not view["images"].is_object:
        return f"is no lock file of version {VERSION}"
    found: dict[str, str] = {}
    for name, digest in view["images"].pairs():
        reference = parse_reference(name)
        if reference is None or not reference.tag or not is_digest(digest.raw):
            return f"has an entry that is no image with its digest: {name}"
        if found.setdefault(lock_key(reference), digest.raw) != digest.raw:
            return f"has two digests of one image: {name}"
    return found


def _read_once(text: str) -> JsonView | str:
    """JSON in which no object has a name twice; names of other case are others."""
    twice: list[str] = []

    def take(pairs: list[tuple[str, object]]) -> dict[str, object]:
        taken = dict(pairs)
        if len(taken) != len(pairs):
            twice.append(Counter(name for name, _ in pairs).most_common(1)[0][0])
        return taken

    view = read_json(text, take)
    return f"has `{plain(twice[0])}` twice" if twice and not isinstance(view, str) else view


def write_lock(digests: Mapping[str, str]) -> str:
    """The text of a lock file: one image a line, by name."""
    images = dict(sorted(digests.items()))
    return f"{json.dumps({'version': VERSION, 'images': images}, indent=2)}\n"
