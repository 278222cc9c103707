"""What a policy says under `push`: its schema, its data, and how it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagelint.core.environment import PushSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.policy.text import Data

_VERDICT, _OTHER = "verdict-hours", "other-policy-hours"


def push_schema() -> Mapping[str, object]:
    """The schema of `push`."""
    hours = {"type": "integer", "minimum": 0}
    return {
        "description": "Upon which verdicts `imagelint push` copies an image.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            _VERDICT: {"description": "How old a verdict may be (default: 24).", **hours},
            _OTHER: {
                "description": "How old one may be of another policy than this (default: 0).",
                **hours,
            },
        },
    }


def push_settings(said: Mapping[str, Data]) -> PushSettings:
    """What valid data under `push` say."""
    return PushSettings(
        cast("int | None", said.get(_VERDICT)), cast("int | None", said.get(_OTHER))
    )


def written_push(settings: PushSettings) -> Mapping[str, int]:
    """The settings under the keys by which a policy says them."""
    said = {_VERDICT: settings.verdict_hours, _OTHER: settings.other_policy_hours}
    return {key: value for key, value in said.items() if value is not None}
