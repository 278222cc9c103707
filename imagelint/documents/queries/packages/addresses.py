"""Questions about addresses without TLS, also of files that need no reader of scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import value_or
from imagelint.core.record import NamedTuple
from imagelint.knowledge.packages.transport import is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.fact import Fact
    from imagelint.core.source import Span
    from imagelint.documents.packages.requirements import Requirements

__all__ = ["Plain", "listed_addresses", "plain_at"]

_SCHEME = "http"


class Plain(NamedTuple):
    """Where something is named that is fetched over plain HTTP, and from which host."""

    span: Span
    host: str


def listed_addresses(document: Requirements) -> list[Plain]:
    """Where a requirements file names what pip fetches over plain HTTP."""
    found = [one for index in document.indexes for one in plain_at(index.span, index.url)]
    packages = (one for one in document.packages if not one.hashed)
    return found + [one for package in packages for one in plain_at(package.span, package.url)]


def plain_at(span: Span, url: Fact[str] | str) -> Iterator[Plain]:
    """The place, where the address is one of plain HTTP."""
    text = url if isinstance(url, str) else value_or(url, "")
    text = text[text.find("://") - len(_SCHEME) :] if _SCHEME in text else text
    if is_plain(text):
        yield Plain(span, text.partition("://")[2].partition("/")[0].rpartition("@")[2])
