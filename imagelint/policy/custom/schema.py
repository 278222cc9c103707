"""The part of the schema of policies that is about rules of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from imagelint.core.finding import Confidence, Severity
from imagelint.custom.subjects import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Mapping

Schema: TypeAlias = dict[str, Any]

OWN_NAME = r"^[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+$"
"""The name of a rule of one's own: with a prefix, so that it never means a rule of ours."""
MODULE_NAME = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$"
"""The name of a module of Python."""
LONGEST_CONDITION = 4_000
MOST_RULES = 500


def own_schema() -> Mapping[str, Schema]:
    """The keys of a policy about rules of one's own, with what they hold."""
    return {
        "custom-rules": {
            "description": "Rules of one's own, where this policy is trusted.",
            "type": "array",
            "maxItems": MOST_RULES,
            "items": _rule(),
        },
        "plugins": {
            "description": (
                "Installed packages of Python whose rules are used, where this policy is trusted."
            ),
            "type": "array",
            "items": _module(),
        },
        "permit": {
            "description": "What policies of an examined tree may bring, if this one is trusted.",
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "custom-rules": {
                    "description": "Whether they may define rules in CEL.",
                    "type": "boolean",
                },
                "plugins": {
                    "description": "The plugins that they may name.",
                    "type": "array",
                    "items": _module(),
                },
                "knowledge": {
                    "description": "Whether they may name files of facts.",
                    "type": "boolean",
                },
            },
        },
    }


def own_setting(levels: Schema, exempt: Schema) -> Schema:
    """What may be said under `rules` about a rule of one's own."""
    body = {
        "type": "object",
        "properties": {"level": levels, "exempt": exempt},
    }
    return {"anyOf": [levels, body]}


def _rule() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "subject", "condition", "message"],
        "properties": {
            "name": {
                "description": "The rule's name, with a prefix of yours: `acme.team-label`.",
                "type": "string",
                "pattern": OWN_NAME,
                "maxLength": 60,
            },
            "subject": {
                "description": "The type of node that it is about.",
                "enum": [word for word, subject in SUBJECTS.items() if subject.main],
            },
            "condition": {
                "description": "An expression in CEL, true where something is wrong.",
                "type": "string",
                "pattern": r"\S",
                "maxLength": LONGEST_CONDITION,
            },
            "at": _text("The field at which a finding stands: by default what was read last."),
            "message": _text("What is wrong; expressions stand in `{{ }}`."),
            "summary": _text("One sentence that is true where the rule speaks."),
            "why": _text("Why it matters."),
            "help": _text("What to write instead; expressions stand in `{{ }}`."),
            "severity": {
                "description": "How bad it is (default: medium).",
                "enum": [str(severity) for severity in Severity],
            },
            "confidence": {
                "description": "How sure the rule is (default: certain).",
                "enum": [confidence.value for confidence in Confidence],
            },
            "references": {
                "description": "The same elsewhere: ids of other tools, pages.",
                "type": "array",
                "items": {"type": "string", "pattern": r"\S"},
            },
            "bad": _samples("Texts on which the rule must speak."),
            "good": _samples("Texts on which it must be silent."),
        },
    }


def _module() -> Schema:
    return {
        "description": "The name of a module: `acme_rules`.",
        "type": "string",
        "pattern": MODULE_NAME,
    }


def _samples(description: str) -> Schema:
    files = {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1}
    return {
        "description": f"{description} A text, or files by their names.",
        "type": "array",
        "items": {"anyOf": [{"type": "string", "pattern": r"\S"}, files]},
    }


def _text(description: str) -> Schema:
    return {"description": description, "type": "string", "pattern": r"\S"}
