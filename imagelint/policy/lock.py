"""What a trusted policy locks: nothing that is said on top of it makes that less strict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Floor(NamedTuple):
    """The least severity of a rule's findings.

    With `own`, each is at least as severe as the rule finds it. Floors make a lattice: the join of
    two is what satisfies both.
    """

    own: bool = False
    severity: Severity = Severity.INFO

    def joined(self, other: Floor) -> Floor:
        """The floor that satisfies both."""
        return Floor(self.own or other.own, max(self.severity, other.severity))

    def raised(self, severity: Severity, found: Severity) -> Severity:
        """A severity that is not below the floor; `found` is the one that the rule gave."""
        return max(severity, self.severity, found if self.own else Severity.INFO)


OWN = Floor(own=True)
"""The floor of a rule that is on with the severities that it gives."""


def floor_word(floor: Floor) -> str:
    """A floor as a policy says it: a severity, or `on`; both where two policies say either."""
    if floor.own and floor.severity is not Severity.INFO:
        return f"{floor.severity} and on"
    return "on" if floor.own else str(floor.severity)


class Lock(NamedTuple):
    """What a policy says under `lock`.

    `rules` are floors by rule, `packs` names of packs whose rules are locked as they stand in the
    policy, `fail_on` the highest threshold. `signers` and `registries` tell whether what the
    environment says of them is locked. `origins` tells for each entry (`rules.root-user`,
    `packs.baseline`, `fail-on`, `signers`, `registries`) all the places where it was said.
    """

    rules: Mapping[str, Floor] = {}
    packs: tuple[str, ...] = ()
    fail_on: Severity | None = None
    signers: bool = False
    registries: bool = False
    origins: Mapping[str, tuple[str, ...]] = {}

    def __bool__(self) -> bool:
        return self != Lock()

    def joined(self, other: Lock) -> Lock:
        """What satisfies both. Associative; `Lock()` is the identity."""
        if not (self and other):
            return self or other
        bounds = [each for each in (self.fail_on, other.fail_on) if each is not None]
        rules = {
            name: self.rules.get(name, Floor()).joined(other.rules.get(name, Floor()))
            for name in {**self.rules, **other.rules}
        }
        return Lock(
            rules,
            tuple(dict.fromkeys((*self.packs, *other.packs))),
            min(bounds, default=None),
            self.signers or other.signers,
            self.registries or other.registries,
            {
                key: tuple(dict.fromkeys((*self.origins.get(key, ()), *other.origins.get(key, ()))))
                for key in {**self.origins, **other.origins}
            },
        )


class Permissions(NamedTuple):
    """What a trusted policy lets those of the examined tree bring: None where it says nothing."""

    custom_rules: bool | None = None
    plugins: tuple[str, ...] | None = None
    knowledge: bool | None = None

    def over(self, below: Permissions) -> Permissions:
        """Both as one: what is said here wins. Associative; `Permissions()` is the identity."""
        return Permissions(
            below.custom_rules if self.custom_rules is None else self.custom_rules,
            below.plugins if self.plugins is None else self.plugins,
            below.knowledge if self.knowledge is None else self.knowledge,
        )
