"""A text that is edited, and what is known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.editor.judging import Judgement
from imagelint.editor.moved import TextChange

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from lsprotocol.types import Diagnostic

    from imagelint.core.finding import Finding
    from imagelint.core.source import Span


class OpenText:
    """A text that is edited, and what is known of it.

    `joined` is what only the whole folder tells, of the text as it was when it was `judged`;
    `settled` what is no finding any more when the others are looked at.
    """

    def __init__(self, origin: str, uri: str, text: str, version: int) -> None:
        self.origin, self.uri, self.text, self.version = origin, uri, text, version
        self.alone = Judgement()
        self.joined: tuple[Finding, ...] = ()
        self.judged = text
        self.settled: frozenset[tuple[str, ...]] = frozenset()
        self.told: tuple[tuple[Finding, Span, Diagnostic], ...] = ()
        self.soon: asyncio.TimerHandle | None = None

    def join(self, found: Judgement) -> bool:
        """Take what was said of the text together with all others; whether it was among them."""
        alone, whole = self.alone.of(self.origin), found.of(self.origin)
        if alone and not whole and all(one.origin != self.origin for one in found.problems):
            # The folder does not hold it: git ignores it, say, or it was never written.
            return False
        before = {key(one) for one, _ in alone}
        after = {key(one) for one, _ in whole}
        self.joined = tuple(found for found, _ in whole if key(found) not in before)
        self.settled = frozenset(before - after)
        self.judged = self.text
        return True

    def findings(self) -> Iterator[tuple[Finding, Span]]:
        """All findings, each with its place in the text as it is."""
        for found, span in self.alone.of(self.origin):
            if key(found) not in self.settled:
                yield found, span
        change = TextChange(self.judged, self.text)
        for found in self.joined:
            moved = change.finding(found)
            if moved is not None:
                yield moved, moved.location.span


def key(finding: Finding) -> tuple[str, ...]:
    """What two findings have in common that say the same of the same."""
    return (finding.rule, finding.message, finding.subject)
