"""What a policy says under `verification-summary`: its schema, its data, and how it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagelint.core.environment import SummarySettings
from imagelint.core.errors import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.policy.text import Data, PolicyText

KEY = "verification-summary"
_SLSA = "SLSA_"


def summary_schema() -> Mapping[str, object]:
    """The schema of `verification-summary`."""
    return {
        "description": "What a passing verdict is worth to whoever asks for SLSA levels.",
        "type": "object",
        "additionalProperties": False,
        "required": ["levels", "verifier"],
        "properties": {
            "levels": {
                "description": "The levels that a pass has: your own, or SLSA_BUILD_LEVEL_….",
                "type": "array",
                "minItems": 1,
                "items": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]{1,99}$"},
            },
            "verifier": {
                "description": "Who says so, as an address: https://ci.example.com/gate.",
                "type": "string",
                "pattern": r"^[a-z][a-z0-9+.-]*:\S+$",
            },
        },
    }


def summary_settings(said: Mapping[str, Data]) -> SummarySettings:
    """What valid data under `verification-summary` say."""
    levels = cast("tuple[str, ...]", said.get("levels") or ())
    return SummarySettings(levels, cast("str", said.get("verifier") or ""))


def summary_complaints(text: PolicyText, data: Mapping[str, Data]) -> Iterator[Diagnostic]:
    """Levels of SLSA that a policy claims although it does not ask who built the image."""
    said, environment = data.get(KEY), data.get("environment")
    levels = said.get("levels") if isinstance(said, dict) else ()
    trust = environment.get("trust") if isinstance(environment, dict) else ()
    if "slsa-provenance" in repr(trust):
        return
    for index, level in enumerate(levels if isinstance(levels, tuple | list) else ()):
        if isinstance(level, str) and level.startswith(_SLSA):
            at = text.at(text.span((KEY, "levels", index)))
            message = f"`{level}` is claimed, and no provenance is asked for"
            help_ = "ask for `type: slsa-provenance` with its `builder` under `environment.trust`"
            yield Diagnostic(message, at, help_)
