"""A rule's text for reporters, the `explain` command and the generated pages."""

from __future__ import annotations

from imagelint.reporters.context import RuleText
from imagelint.rules import catalog
from imagelint.rules.documentation import Documentation, Example, read_documentation

PAGES = "https://imagelint.dev/rules"


def describe(name: str) -> RuleText | None:
    """How a rule is described; None when there is no such rule."""
    try:
        rule = catalog.load(name)
    except KeyError:
        return None
    documentation = read_documentation(rule.doc)
    return RuleText(
        name=rule.name,
        summary=documentation.summary,
        why=documentation.why,
        help=examples_markdown(documentation),
        severity=rule.severity,
        confidence=rule.confidence,
        references=rule.references,
        url=f"{PAGES}/{rule.name}",
    )


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
