"""What a policy of an examined tree brings of its own, and may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from imagelint.policy.lock import Permissions
    from imagelint.policy.model import Policy


class Refusal(NamedTuple):
    """Something of a policy that does not count: what, where that is written, and what helps."""

    said: str
    at: str
    help: str


_HELP = (
    "judge by a policy from elsewhere (`--policy FILE`, `--policy-from REF`), or let that one say"
)


def withheld(
    policy: Policy, permit: Permissions, defined: Collection[str] = ()
) -> tuple[Policy, tuple[Refusal, ...]]:
    """A policy of the examined tree without what it may not bring, and what that is.

    `defined` are the names that a trusted policy gives to rules: these are taken.
    """
    if not (policy.custom or policy.plugins):
        return policy, ()
    custom = {
        name: rule
        for name, rule in policy.custom.items()
        if permit.custom_rules and name not in defined
    }
    allowed = permit.plugins or ()
    plugins = tuple(plugin for plugin in policy.plugins if plugin.name in allowed)
    kept = policy._replace(custom=custom, plugins=plugins)
    return kept, tuple(_refusals(policy, kept, permit))


def _refusals(policy: Policy, kept: Policy, permit: Permissions) -> Iterator[Refusal]:
    gone = [rule for name, rule in policy.custom.items() if name not in kept.custom]
    if gone and not permit.custom_rules:
        rules = "1 rule of its own is" if len(gone) == 1 else f"{len(gone)} rules of its own are"
        said = f"{rules} not evaluated: whoever changes the tree could write them"
        yield Refusal(said, gone[0].origin, f"{_HELP} `permit: {{custom-rules: true}}`")
    elif gone:
        for rule in gone:
            said = f"`{rule.name}` is not evaluated: the trusted policy has a rule of that name"
            yield Refusal(said, rule.origin, "give it another prefix")
    for plugin in policy.plugins:
        if plugin not in kept.plugins:
            said = f"the plugin `{plugin.name}` is not imported: whoever changes the tree names it"
            yield Refusal(said, plugin.origin, f"{_HELP} `permit: {{plugins: [{plugin.name}]}}`")
