"""A policy as a document: its waivers are judged like the allowances of any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from imagelint.core.record import NamedTuple
from imagelint.documents.base import Document

if TYPE_CHECKING:
    from imagelint.core.source import Span


class PolicyFile(Document):
    """A policy file. What it says is the business of `imagelint.policy`."""

    kind: ClassVar[str] = "policy"
    __slots__ = ()


class Weakening(NamedTuple):
    """Something in a policy of the examined tree that would make a verdict laxer.

    `subject` is the rule or the key that it is about, `said` what it says, in words. `holder` is
    where the opposite is locked, so that this does not count. Empty: it counts as soon as this
    policy does; then `since` is the commit that it differs from.
    """

    span: Span
    subject: str
    said: str
    holder: str = ""
    since: str = ""
