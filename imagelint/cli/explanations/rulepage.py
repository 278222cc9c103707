"""A rule's text for reporters, the `explain` command and the generated pages."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from imagelint.reporters.context import RuleText
from imagelint.rules import catalog
from imagelint.rules.documentation import Documentation, Example, read_documentation

if TYPE_CHECKING:
    from imagelint.policy.model import OwnRules
    from imagelint.rules.rule import Rule

PAGES = "https://imagelint.dev/rules"
_MOST_RULES = 1024
# Read once, not for each finding of a rule.
_documentation = lru_cache(_MOST_RULES)(read_documentation)


def describe(name: str, own: OwnRules = MappingProxyType({})) -> RuleText | None:
    """How a rule is described; None when there is no such rule. `own` are those of policies."""
    rule = _rule(name, own)
    if rule is None:
        return None
    said = _documentation(rule.doc)
    return RuleText(
        name=rule.name,
        summary=said.summary,
        why=said.why,
        help=examples_markdown(said),
        severity=rule.severity,
        confidence=rule.confidence,
        references=rule.references,
        url="" if catalog.is_custom(name) else f"{PAGES}/{rule.name}",
    )


def _rule(name: str, own: OwnRules) -> Rule | None:
    try:
        if not own:
            return catalog.load(name)
        from imagelint.policy.custom.rulebook import Rulebook

        return Rulebook(own).load(name)
    except KeyError:
        return None


@lru_cache(_MOST_RULES)
def examples_markdown(documentation: Documentation) -> str:
    """The exceptions and examples of a rule as markdown."""
    parts: list[str] = []
    if documentation.exceptions:
        parts.append(f"**Except:** {documentation.exceptions}\n")
    for example in documentation.examples:
        parts.extend(_example(example))
    return "\n".join(parts)


def _example(example: Example) -> list[str]:
    word = "Bad" if example.bad else "Good"
    declared = f" (the policy declares {example.declared})" if example.declared else ""
    parts: list[str] = []
    for name, text in example.files:
        parts += [f"{word}, `{name}`{declared}:\n", f"```{_language(name)}\n{text}```\n"]
    return parts


def _language(name: str) -> str:
    if name.endswith((".yaml", ".yml")):
        return "yaml"
    if name.endswith(".json"):
        return "json"
    return "dockerfile" if "ockerfile" in name else "text"
