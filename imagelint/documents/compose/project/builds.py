"""Dockerfiles of which only a compose file tells: `dockerfile_inline`, and names of any kind.

https://github.com/compose-spec/compose-spec/blob/main/build.md
"""

from __future__ import annotations

from posixpath import join, normpath
from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.builds import dockerfile_named, dockerfile_within
from imagelint.documents.compose.interpolation import fill, variables_of
from imagelint.documents.compose.values import is_set, word
from imagelint.documents.compose.words import unescaped
from imagelint.documents.yaml.nodes import Scalar
from imagelint.documents.yaml.text import map_scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Embedded
    from imagelint.documents.compose.document import ComposeFile
    from imagelint.documents.kinds import Beside
    from imagelint.documents.yaml.cursor import Cursor

_MOST = 1_000


def dockerfiles(document: ComposeFile, read: Beside) -> Iterator[Embedded | DocumentError]:
    """The Dockerfiles that a file tells of, and why one of them cannot be examined.

    What is written in another file is told there.
    """
    seen: set[str] = set()
    for service in document.services:
        build = service.body["build"]
        inline, named = build["dockerfile_inline"], build["dockerfile"]
        place = inline if is_set(inline) else named
        node = place.node
        if not isinstance(node, Scalar) or node.span.end > len(document.source.text):
            continue
        name = normpath(join(word(build["context"]) or ".", word(named)))
        key = f"{node.span}" if place is inline else name
        if key in seen:
            continue
        if len(seen) == _MOST:
            message = f"more than {_MOST:,} Dockerfiles of one file are not examined"
            yield DocumentError(ProblemKind.TOO_LARGE, message, node.span)
            return
        seen.add(key)
        try:
            found = (
                _inline(inline, node, document)
                if place is inline
                else dockerfile_named(document.source.origin, name, read)
            )
        except DocumentError as error:
            message = f"the Dockerfile of `{service.name}`: {error.message}"
            yield DocumentError(error.kind, message, node.span, error.help)
        else:
            if found is not None:
                yield found


def _inline(place: Cursor, node: Scalar, document: ComposeFile) -> Embedded:
    mapped = unescaped(fill(map_scalar(node), variables_of(place)))
    return dockerfile_within(document.source.origin, mapped, place.path)
