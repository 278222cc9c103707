"""What several places of the schema of policies refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from imagelint.core.finding import Severity
from imagelint.policy.allowances import extent_words

if TYPE_CHECKING:
    from collections.abc import Mapping

Schema: TypeAlias = dict[str, Any]

SEVERITIES = [str(severity) for severity in Severity]
"""The words for severities, from the lowest on."""


def definitions() -> Mapping[str, Schema]:
    """The definitions by name."""
    return {
        "level": {
            "description": "A severity; on: the rule's own severity; off: it does not run.",
            "enum": ["on", "off", *SEVERITIES],
        },
        "least": {
            "description": "A severity; on: that of each finding of the rule.",
            "enum": ["on", *SEVERITIES],
        },
        "extent": {
            "description": "Up to which severity it allows; on: any; off: it allows nothing.",
            "enum": extent_words(),
        },
        "setting": {"anyOf": [{"$ref": "#/$defs/level"}, setting_schema({})]},
    }


def setting_schema(options: Schema) -> Schema:
    """What may be said of a rule with some options."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "level": {"$ref": "#/$defs/level"},
            "exempt": globs(EXEMPT),
            "levels": {"description": LEVELS, "type": "array", "items": _LEVEL},
            **options,
        },
    }


EXEMPT = "Files, images and other subjects that the rule leaves alone, and ids of other tools."


LEVELS = "What the ids of other tools are to which the rule answers: `hadolint DL3008=info`."
_LEVEL = {"type": "string", "pattern": rf"^\S+ \S.*=({'|'.join(SEVERITIES)})$"}


def globs(description: str) -> Schema:
    """A list of globs."""
    items = {"type": "string", "pattern": r"\S"}
    return {"description": description, "type": "array", "items": items}
