"""All rules under a policy by name: ours, which the catalogue holds, and those of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.custom.definition import CustomRule
from imagelint.rules import catalog

if TYPE_CHECKING:
    from imagelint.policy.model import OwnRules, Policy
    from imagelint.rules.rule import Rule


class Rulebook:
    """Finds rules by name; a rule of the policy's own is made when it is first asked for."""

    def __init__(self, own: OwnRules | None = None) -> None:
        self._own = own or {}

    def subjects(self, name: str) -> tuple[str, ...]:
        """The types of node that a rule speaks about, as `catalog.key_of` names them.

        Raises:
            KeyError: there is no such rule.
        """
        own = self._own.get(name)
        if own is None:
            return catalog.subjects(name)
        if isinstance(own, CustomRule):
            from imagelint.custom.subjects import SUBJECTS

            return tuple(map(catalog.key_of, SUBJECTS[own.subject].types))
        return tuple(map(catalog.key_of, own.subjects))

    def triggers(self, name: str) -> tuple[str, ...]:
        """The keywords and programs that a rule is about; none: it is asked about all nodes.

        Raises:
            KeyError: there is no such rule.
        """
        own = self._own.get(name)
        if own is None:
            return catalog.triggers(name)
        return () if isinstance(own, CustomRule) else tuple(own.triggers)

    def load(self, name: str) -> Rule:
        """The rule of that name.

        Raises:
            KeyError: there is no such rule.
            PolicyError: what evaluates conditions is not installed.
        """
        own = self._own.get(name)
        if own is None:
            return catalog.load(name)
        if isinstance(own, CustomRule):
            from imagelint.custom.rule import rule_of

            return rule_of(own)
        return own


def severity_of(name: str, policy: Policy) -> Severity:
    """The severity that a rule has by itself; info where nobody defines it."""
    own = policy.own.get(name)
    if own is not None:
        return own.severity
    return Severity.INFO if catalog.is_custom(name) else catalog.load(name).severity
