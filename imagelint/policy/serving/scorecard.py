"""What a policy says under `scorecard`: its schema, its data, and how it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagelint.core.errors import Diagnostic
from imagelint.core.serving.scorecard import SIGNALS, Bounds, ScorecardSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.serving.scorecard import SignalKind
    from imagelint.policy.text import Data, PolicyText

_UNITS: Mapping[str, str] = {
    "s": "in seconds",
    "share": "as a share of 1",
    "requests": "in requests of the worst server",
    "ratio": "per finished request",
}


def scorecard_schema() -> Mapping[str, object]:
    """The schema of `scorecard`."""
    return {
        "description": "What the signals of a model server are worth: see https://imagelint.dev/scorecard.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "fail-under": {
                "description": "The score below which the lowest signal fails (default: 0).",
                "type": "number",
                "minimum": 0,
                "maximum": 1,
            },
            "max-age-hours": {
                "description": "How many hours ago a gate's scorecard may end (default: 24).",
                "type": "integer",
                "minimum": 0,
            },
            "signals": {
                "description": "By signal: its bounds, or off.",
                "type": "object",
                "additionalProperties": False,
                "properties": {name: _signal(kind) for name, kind in SIGNALS.items()},
            },
        },
    }


def _signal(kind: SignalKind) -> Mapping[str, object]:
    number: dict[str, object] = {"type": "number", "minimum": 0}
    if kind.unit == "share":
        number["maximum"] = 1
    usual = f"default: {kind.bounds.target:g} and {kind.bounds.breach:g}"
    bounds = {
        "type": "object",
        "additionalProperties": False,
        "required": ["target", "breach"],
        "properties": {
            "target": {"description": "Up to here it is worth 1.", **number},
            "breach": {"description": "From here on it is worth 0.", **number},
        },
    }
    return {
        "description": f"{kind.title[0].upper()}{kind.title[1:]}, {_UNITS[kind.unit]} ({usual}).",
        "anyOf": [{"enum": ["on", "off"]}, bounds],
    }


def scorecard_complaints(text: PolicyText, data: Mapping[str, Data]) -> Iterator[Diagnostic]:
    """What the schema cannot say: a breach is worse than its target."""
    said = data.get("scorecard")
    signals = said.get("signals") if isinstance(said, dict) else None
    for name, bounds in signals.items() if isinstance(signals, dict) else ():
        if not isinstance(bounds, dict):
            continue
        target, breach = bounds.get("target"), bounds.get("breach")
        if _is_number(target) and _is_number(breach) and not target < breach:  # type: ignore[operator]
            at = text.at(text.span(("scorecard", "signals", name, "breach")))
            yield Diagnostic(f"the breach of `{name}` must be larger than its target", at)


def _is_number(value: Data) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def scorecard_settings(said: Mapping[str, Data]) -> ScorecardSettings:
    """What valid data under `scorecard` say."""
    signals = cast("Mapping[str, Data]", said.get("signals") or {})
    least = cast("float | None", said.get("fail-under"))
    return ScorecardSettings(
        {name: _bounds(value) for name, value in signals.items()},
        None if least is None else float(least),
        cast("int | None", said.get("max-age-hours")),
    )


def _bounds(said: Data) -> Bounds:
    if not isinstance(said, dict):
        return Bounds(wanted=said != "off")
    numbers = cast("Mapping[str, float]", said)
    return Bounds(float(numbers["target"]), float(numbers["breach"]), wanted=True)


def written_scorecard(settings: ScorecardSettings) -> Iterator[tuple[int, str]]:
    """The settings as a policy says them: how far each line is indented, and its text."""
    if settings.fail_under is not None:
        yield 1, f"fail-under: {settings.fail_under!r}"
    if settings.max_age_hours is not None:
        yield 1, f"max-age-hours: {settings.max_age_hours}"
    if settings.bounds:
        yield 1, "signals:"
    for name, bounds in settings.bounds.items():
        yield 2, f"{name}: {_written(bounds)}"


def _written(bounds: Bounds) -> str:
    if bounds.wanted is False:
        return "off"
    if bounds.target is None or bounds.breach is None:
        return "on"
    return f"{{target: {bounds.target!r}, breach: {bounds.breach!r}}}"
