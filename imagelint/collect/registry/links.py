"""Links from a page of a list to the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINK = pattern(r"<([^<>]*)>([^<]*)")
_NEXT = pattern(r'(?i);\s*rel\s*=\s*(?:"[^"]*(?<![^"\s])next(?![^"\s])|next(?![^\s;,]))')


def link_to_next(headers: Mapping[str, str]) -> str | None:
    """Where the next page is, as the answer with a page says; empty: it was the last one.

    None: it says so in a way that cannot be read. https://www.rfc-editor.org/rfc/rfc8288
    """
    said = headers.get("link", "").strip()
    links = _LINK.findall(said)
    if said and not links:
        return None
    found: str = next((url for url, more in links if _NEXT.search(more)), "")
    try:
        urlsplit(found)
    except ValueError:
        return None
    return found
