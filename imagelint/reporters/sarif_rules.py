"""Rules as SARIF describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Confidence, Severity
from imagelint.core.pattern import pattern
from imagelint.reporters.sarif_text import cut, text
from imagelint.reporters.visible import encodable
from imagelint.rules import catalog

if TYPE_CHECKING:
    from imagelint.core.finding import Finding
    from imagelint.reporters.context import ReportContext
    from imagelint.reporters.stream import Json

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# GitHub: over 9.0 critical, 7.0 to 8.9 high, 4.0 to 6.9 medium, 0.1 to 3.9 low.
_SCORES = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
}
_PRECISIONS = {Confidence.CERTAIN: "very-high", Confidence.LIKELY: "medium"}
_LONGEST_DESCRIPTION = 1024
_LONGEST_SUMMARY = 255
_WORD = pattern(r"[A-Za-z0-9]+")


def rule_id(finding: Finding, context: ReportContext) -> str:
    """The rule's name; with the severity behind it where that is not the rule's own.

    GitHub knows a severity of rules only, while one rule of ours (vulnerabilities) may know all.
    Where a policy sets the severity, all findings of the rule have it, and no alert is a new one.
    """
    described = context.describe(finding.rule)
    own = finding.severity if described is None else described.severity
    name = text(finding.rule, "unnamed")
    keeps = finding.severity == own or finding.rule in context.levelled
    return name if keeps else f"{name}/{finding.severity}"


def rule_descriptor(identifier: str, finding: Finding, context: ReportContext) -> Json:
    """The description of the rule of a finding, with the finding's severity."""
    described = context.describe(finding.rule)
    severity = finding.severity
    summary = text(described.summary if described else "", finding.rule)
    why = text(described.why if described else "", summary)
    help_ = text(described.help if described else "", why)
    confidence = described.confidence if described else finding.confidence
    descriptor: dict[str, Json] = {
        "id": identifier,
        "name": "".join(word.capitalize() for word in _WORD.findall(identifier)) or "Unnamed",
        "shortDescription": {"text": cut(summary, _LONGEST_SUMMARY)},
        "fullDescription": {"text": cut(why, _LONGEST_DESCRIPTION)},
        "help": {"text": help_, "markdown": _markdown(described.help if described else "", help_)},
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": _properties(finding.rule, severity, confidence),
    }
    if described is not None and described.url.startswith(("https://", "http://")):
        descriptor["helpUri"] = described.url
    return descriptor


def _markdown(markdown: str, instead: str) -> str:
    """Markdown of our own documentation, where links are meant."""
    return encodable(markdown).strip() or instead


def _properties(rule: str, severity: Severity, confidence: Confidence) -> Json:
    tags = [_family(rule)]
    properties: dict[str, Json] = {"precision": _PRECISIONS[confidence], "tags": tags}
    if severity in _SCORES:
        tags.append("security")
        properties["security-severity"] = _SCORES[severity]
    return properties


def _family(rule: str) -> str:
    try:
        return catalog.family(rule)
    except KeyError:
        return "other"
