"""From a file of facts to what it says, and all that is wrong with it, each at its place."""

from __future__ import annotations

import json
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, cast

from imagelint.core.digest import digest_of
from imagelint.core.errors import Diagnostic, PolicyError
from imagelint.core.sitefacts import DEFAULT_STALE_AFTER, SiteFacts
from imagelint.policy.digest import text_digest
from imagelint.policy.text import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.core.source import Source
    from imagelint.policy.load import Validated
    from imagelint.policy.model import Policy
    from imagelint.policy.text import Data, PolicyText

KEY = "knowledge"
LARGEST = 1_000_000
"""Characters of a file of facts: what is larger is not written by people."""
SECTIONS = ("gpus", "engines", "mirrors", "base-images", "operators", "models", "node-labels")


def with_knowledge(
    policy: Policy, text: PolicyText, read: Callable[[str], Source], validated: Validated
) -> Policy:
    """A layer with the facts of the files that its text names, the last of which counts most.

    `read` gives the source of a file by its origin, and raises OSError or ValueError.

    Raises:
        PolicyError: with all that is wrong with the files.
    """
    data = cast("Mapping[str, Data]", text.data or {})
    said = data.get(KEY)
    names = (said,) if isinstance(said, str) else cast("tuple[str, ...]", said or ())
    found: list[SiteFacts] = []
    complaints: list[Diagnostic] = []
    for index, name in enumerate(names):
        origin = normpath(join(dirname(text.source.origin), name))
        try:
            found += site_facts(read(origin), validated)
        except PolicyError as error:
            complaints += error.complaints
        except (OSError, ValueError) as error:
            at = text.at(text.item_span(KEY, index))
            complaints.append(Diagnostic(f"`{name}` cannot be read: {error}", at))
    if complaints:
        raise PolicyError(*complaints)
    return policy._replace(environment=policy.environment._replace(knowledge=tuple(found)))


def site_facts(source: Source, validated: Validated | None = None) -> tuple[SiteFacts, ...]:
    """What a file of facts says, section by section.

    Raises:
        PolicyError: with all that is wrong with it.
    """
    if len(source.text) > LARGEST:
        said = f"it has more than {LARGEST:,} characters"
        raise PolicyError(Diagnostic(said, source.origin, "facts of a site are a few pages"))
    text = read_text(source)
    digest = digest_of(KEY, text_digest(source.text))
    if validated is None or digest not in validated:
        from imagelint.policy.site.check import complaints

        found = complaints(text)
        if found:
            raise PolicyError(*found)
        if validated is not None:
            validated.add(digest)
    return tuple(_sections(text))


def _sections(text: PolicyText) -> Iterator[SiteFacts]:
    data = cast("Mapping[str, Data]", text.data or {})
    for section in SECTIONS:
        if data.get(section):
            yield SiteFacts(
                section,
                text.source.origin,
                json.dumps(data[section], sort_keys=True),
                cast("str", data.get("asof") or ""),
                cast("str", data.get("source") or ""),
                cast("int", data.get("stale-after") or DEFAULT_STALE_AFTER),
            )
