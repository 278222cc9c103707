"""What became of an allowance, and which are new: what rules about allowances speak about."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.core.source import Span


class AllowanceState(Enum):
    """What became of an allowance."""

    USED = "used"
    UNUSED = "unused"
    UNKNOWN = "unknown"  # no rule has that name
    EXPIRED = "expired"
    WITHOUT_REASON = "without-reason"
    UNREADABLE = "unreadable"  # it is not written as allowances are
    REFUSED = "refused"  # by the policy, whatever it says
    IDLE = "idle"  # the rule did not run, or what it is about was not examined


class AllowanceUse(NamedTuple):
    """An allowance of a document, or a waiver of a policy, and what became of it.

    `rule` is what is written, `form` how it is written (`allowance` or `waiver`), `suggestion` the
    nearest name of a rule when there is none of that name, `until` the last day of a waiver,
    `reason` why it is refused.
    """

    span: Span
    rule: str
    state: AllowanceState
    form: str = "allowance"
    suggestion: str = ""
    until: str = ""
    reason: str = ""


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
