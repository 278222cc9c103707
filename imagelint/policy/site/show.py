"""What files of facts hold, for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagelint.knowledge.site.overrides import called, known_already

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.sitefacts import SiteFacts


def shown_files(facts: Iterable[SiteFacts]) -> Iterator[tuple[str, str]]:
    """The files in their order, each with how many entries it has of what, and of which day."""
    files: dict[str, list[SiteFacts]] = {}
    for one in facts:
        files.setdefault(one.origin, []).append(one)
    for origin, sections in files.items():
        day = sections[0].asof
        yield origin, f"{counted(sections)}{f', of {day}' if day else ''}"


def counted(sections: Iterable[SiteFacts]) -> str:
    """How many entries each section has: `gpus 2, mirrors 1`."""
    return ", ".join(f"{one.section} {len(json.loads(one.entries))}" for one in sections)


def overridden(facts: Iterable[SiteFacts]) -> Iterator[str]:
    """What entries say of what is known already: by the program, or by an entry before them."""
    for one in facts:
        seen: set[str] = set()
        for row in json.loads(one.entries):
            for name in called(one.section, row):
                if name in seen:
                    yield f"{one.section}: `{name}` is said before: the last counts"
                elif known_already(one.section, name):
                    yield f"{one.section}: `{name}` overrides what is known of it"
                seen.add(name)
