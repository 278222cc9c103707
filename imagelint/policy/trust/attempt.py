"""What a policy says that would make a verdict laxer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.core.source import Span


class Attempt(NamedTuple):
    """Something that a policy says, and that another one says more strictly.

    `subject` is the rule or the key that it is about, `said` what it says, in words. `at` is where
    (`file:line`), with `span` where that is known. `holder` is where the opposite is locked, so
    that this does not count; empty: it counts as soon as this policy does.
    """

    subject: str
    said: str
    at: str
    holder: str = ""
    span: Span | None = None
