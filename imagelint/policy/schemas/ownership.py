"""Who answers for what: teams and their images, and whose a waiver is."""

from __future__ import annotations

from imagelint.policy.schemas.definitions import Schema, globs

# A letter or a digit of any script: neither blanks nor what nobody sees.
WORDED = "[A-Za-z0-9\u00b5-\u1fff\u2c00-\ufdff]"
# https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md#status-justifications
JUSTIFICATIONS = (
    *("component_not_present", "vulnerable_code_not_present"),
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
)


def owners_schema() -> Schema:
    """Whose images are."""
    return {
        "description": "Whose images are; the first whose `images` and `labels` match.",
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["team"],
            "properties": {
                "team": _words("The team."),
                "images": globs("Its images, as globs over their names."),
                "labels": {
                    "description": "Labels that its images bear: a glob over the value of each.",
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": {"type": "string", "pattern": r"\S"},
                },
                "contact": _words("How to reach it: an address, a channel."),
            },
        },
    }


def waiver_fields() -> Schema:
    """What a waiver may say of the people behind it, and to readers of VEX."""
    return {
        "owner": _words("Whose it is, who is asked when it ends."),
        "ticket": _words("Where it is discussed: a number, or an address."),
        "justification": {
            "description": "Why the vulnerability does no harm there, for VEX; else it does.",
            "enum": list(JUSTIFICATIONS),
        },
    }


def _words(description: str) -> Schema:
    return {"description": description, "type": "string", "pattern": WORDED}
