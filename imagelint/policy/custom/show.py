"""Rules of one's own as a policy says them, without their examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.custom.definition import CustomRule
    from imagelint.policy.model import Policy

_TEXTS = ("subject", "condition", "at", "message", "summary", "why", "help")


def own_lines(policy: Policy) -> Iterator[tuple[str, str]]:
    """The lines, each with where what it says was said."""
    if policy.custom:
        yield "custom-rules:", ""
    for rule in policy.custom.values():
        yield f"  - name: {rule.name}", rule.origin
        yield from ((line, "") for line in _fields(rule))
    if policy.plugins:
        names = ", ".join(plugin.name for plugin in policy.plugins)
        yield f"plugins: [{names}]", ", ".join(plugin.origin for plugin in policy.plugins)
    permit = policy.permit
    said = []
    if permit.custom_rules is not None:
        said.append(f"custom-rules: {str(permit.custom_rules).lower()}")
    if permit.plugins is not None:
        said.append(f"plugins: [{', '.join(permit.plugins)}]")
    if permit.knowledge is not None:
        said.append(f"knowledge: {str(permit.knowledge).lower()}")
    if said:
        yield f"permit: {{{', '.join(said)}}}", policy.origins.get("permit", "")


def _fields(rule: CustomRule) -> Iterator[str]:
    from imagelint.policy.show import quoted

    for key in _TEXTS:
        text = getattr(rule, key)
        if text:
            yield f"    {key}: {quoted(text)}"
    yield f"    severity: {rule.severity}"
    yield f"    confidence: {rule.confidence.value}"
    if rule.references:
        yield f"    references: [{', '.join(map(quoted, rule.references))}]"
