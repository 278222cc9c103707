"""What an imported package exports as rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.policy.model import Policy, RuleSetting, merge_settings
from imagelint.rules.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.policy.model import Plugin

EXPORTED = "RULES"
"""What a plugin's module calls the tuple of its rules."""


def prefix_of(plugin: str) -> str:
    """The prefix of the names of a plugin's rules: `acme-rules` for `acme_rules`."""
    return plugin.replace("_", "-").lower()


def exported_rules(name: str, exported: object) -> tuple[Rule, ...]:
    """The rules that a package exports, under names with its prefix.

    Raises:
        ValueError: that is no tuple of rules, or two of them have one name.
    """
    given = exported if isinstance(exported, tuple | list) else ()
    rules = tuple(rule for rule in given if isinstance(rule, Rule))
    if not rules or len(rules) < len(given):
        raise ValueError(f"`{EXPORTED}` of the plugin `{name}` is no tuple of rules: use `@rule`")
    if len({rule.name for rule in rules}) < len(rules):
        raise ValueError(f"two rules of the plugin `{name}` have one name")
    return tuple(rule._replace(name=f"{prefix_of(name)}.{rule.name}") for rule in rules)


def with_plugins(policy: Policy, plugins: Iterable[Plugin]) -> Policy:
    """The policy with its plugins as they were imported: their rules are on."""
    imported = tuple(plugins)
    settings = {
        rule.name: merge_settings(
            RuleSetting(origins={"level": plugin.origin}), policy.setting(rule.name)
        )
        for plugin in imported
        for rule in plugin.rules
    }
    return policy._replace(plugins=imported, rules={**policy.rules, **settings})
