"""A policy as a document, and what it and what files say is compared with what they said before.

Its waivers are judged like the allowances of any other document.
"""

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


class ExcludedFiles(NamedTuple):
    """Files that a glob of a policy hides, and that it did not hide before.

    `names` are the first of them, `more` is how many there are besides. `since` is the commit at
    which the policy had no such glob.
    """

    span: Span
    glob: str
    names: tuple[str, ...]
    more: int
    since: str


class AddedAllowance(NamedTuple):
    """An allowance in a document that was not there before.

    `rule` is what is written, `tool` whose language that is, `since` the commit that it is compared
    with. It `moved` where the same was said before, of something else.
    """

    span: Span
    rule: str
    tool: str
    since: str
    moved: bool = False


class GrownBaseline(NamedTuple):
    """A baseline that holds `more` findings than it did, the first of which stands at `span`.

    `rules` are those of the new findings with their numbers, `since` is the commit that it is
    compared with.
    """

    span: Span
    more: int
    rules: str
    since: str


class OutdatedTable(NamedTuple):
    """A table of facts that decided something although it is older than it may be.

    It was last compared with its source on the day `asof`, which holds for so many `days`; `remedy`
    is what to do.
    """

    span: Span
    name: str
    asof: str
    days: int
    remedy: str
