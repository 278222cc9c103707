"""Changes of files as unified diffs in which no secret is seen."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING

from imagelint.core.redact import redact
from imagelint.core.report import Report
from imagelint.core.source import Source
from imagelint.documents.locate import Locator
from imagelint.reporters.visible import visible
from imagelint.run.reading.recognition import recognise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.run.changes.fixing import Change


def unified(change: Change, context: int = 3) -> Iterator[str]:
    """The lines of a diff; of a file that holds secrets it cannot be applied as a patch."""
    mask = _mask(change)
    before, after = (text.splitlines(keepends=True) for text in (change.before, change.after))
    name = visible(change.origin)
    for line in unified_diff(before, after, f"a/{name}", f"b/{name}", n=context):
        body = line.rstrip("\r\n")
        yield mask(body) + "\n"
        if line == body:
            yield "\\ No newline at end of file\n"


def _mask(change: Change) -> Callable[[str], str]:
    """What takes the secrets out of a line, of those that the text holds before or after."""
    documents = (recognise(Source(change.origin, text)) for text in (change.before, change.after))
    locators = [Locator(one) for one in documents if not isinstance(one, Report)]

    def masked(line: str) -> str:
        for locator in locators:
            line = locator.redact(line)
        return visible(redact(line))

    return masked
