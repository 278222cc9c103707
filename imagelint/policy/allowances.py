"""What a policy says about allowances: which of them count, up to what, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.policy.model import Policy
    from imagelint.policy.trust.acceptance import Terms

WAYS: Mapping[str, str] = {
    "inline": "allowances in comments",
    "annotations": "allowances in annotations",
    "foreign": "ignores for other tools",
    "exemptions": "exemptions",
    "waivers": "waivers",
    "baselines": "baselines",
}
"""The ways to say that a finding does not count: the key of each, and what people call it."""
NONE, ALL = 0, int(Severity.CRITICAL)
"""The extents of what counts for nothing and of what counts for every severity."""
UP_TO = "up-to "
NEVER = ("secrets", "signatures", "privileged-container")
"""What a trusted policy that speaks of allowances means by `never` unless it says so itself."""


class Allowances(NamedTuple):
    """What a policy says about allowances. What it does not mention, it leaves open.

    `extents` tell for a way of allowing which severity is the highest that it allows: `NONE` where
    it allows nothing. `never` names rules and families whose findings always count, `waiver_days`
    how long a waiver may last from today, `approvers` are globs over who may approve waivers,
    `files` globs over the files whose waivers and baselines count. `origins` tells for
    each key where it was said.
    """

    extents: Mapping[str, int] = {}
    never: tuple[str, ...] | None = None
    waiver_days: int | None = None
    approvers: tuple[str, ...] | None = None
    files: tuple[str, ...] | None = None
    origins: Mapping[str, str] = {}

    def over(self, below: Allowances) -> Allowances:
        """Both as one: what is said here wins. Associative; `Allowances()` is the identity."""
        return Allowances(
            {**below.extents, **self.extents},
            below.never if self.never is None else self.never,
            below.waiver_days if self.waiver_days is None else self.waiver_days,
            below.approvers if self.approvers is None else self.approvers,
            below.files if self.files is None else self.files,
            {**below.origins, **self.origins},
        )

    @property
    def refused_always(self) -> tuple[str, ...]:
        """What never counts where this is said by a trusted policy."""
        if self.never is not None:
            return self.never
        return () if self.is_empty else NEVER

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return self == Allowances()


class Claim(NamedTuple):
    """Somebody's word that findings do not count, as far as its acceptance depends on it.

    `way` is how it is said, `until` its last ISO day, `approver` who is said to have approved it,
    `origin` the file that says it. Empty: it has none.
    """

    way: str
    until: str = ""
    approver: str = ""
    origin: str = ""


def terms_of(policy: Policy) -> tuple[Terms, ...]:
    """The terms for what is said in the examined tree: those of its policy and of those above."""
    if policy.allowances.is_empty:
        return terms_above(policy)
    from imagelint.policy.trust.acceptance import Terms

    name = policy.sources[-1].origin if policy.sources else policy.name
    return (Terms(policy.allowances, name), *terms_above(policy))


def terms_above(policy: Policy) -> tuple[Terms, ...]:
    """The terms for what a policy says itself: those of the policies that hold against it."""
    trusted = policy.trusted
    if trusted is None:
        return ()
    from imagelint.policy.trust.acceptance import Terms

    said = trusted.policy.allowances
    above = terms_above(trusted.policy)
    # What is locked further above is for those terms to say.
    known = trusted.policy.trusted
    locked = set(trusted.locked.rules) - set(known.locked.rules if known else ())
    own = Terms(said, trusted.name, trusted=True, locked=frozenset(locked), base=trusted.base)
    return (own, *above)


def extent_words() -> list[str]:
    """The words for extents: `off`, `on`, and `up-to` each severity."""
    return ["off", "on", *(f"{UP_TO}{severity}" for severity in Severity)]


def extent_named(word: str) -> int:
    """The extent of that word.

    Raises:
        KeyError: there is no such extent.
    """
    match word:
        case "off":
            return NONE
        case "on":
            return ALL
        case _:
            return int(Severity.named(word.removeprefix(UP_TO)))


def extent_word(extent: int) -> str:
    """The word for an extent."""
    if extent == NONE:
        return "off"
    return "on" if extent == ALL else f"{UP_TO}{Severity(extent)}"
