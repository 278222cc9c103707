"""The rules of one's own that a policy's data hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagelint.core.finding import Confidence, Severity
from imagelint.custom.definition import CustomRule, Sample
from imagelint.policy.lock import Permissions
from imagelint.policy.model import Plugin, RuleSetting, merge_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.policy.build import PolicyPlaces
    from imagelint.policy.model import Policy
    from imagelint.policy.text import Data

OWN_KEYS = ("custom-rules", "plugins", "permit")
_TEXTS = ("name", "subject", "condition", "message", "at", "summary", "why", "help")


def with_own(policy: Policy, data: Mapping[str, Data], places: PolicyPlaces) -> Policy:
    """A layer with the rules, plugins and permits that its data hold. Its rules are on."""
    rules = cast("tuple[Mapping[str, Data], ...]", data.get("custom-rules") or ())
    found = [_rule(said, index, places) for index, said in enumerate(rules)]
    # What is said under `rules` goes before what a rule says of itself.
    settings = {rule.name: RuleSetting(origins={"level": rule.origin}) for rule in found}
    for name, setting in policy.rules.items():
        settings[name] = merge_settings(settings.get(name, RuleSetting()), setting)
    permit = cast("Mapping[str, Data]", data.get("permit") or {})
    names = cast("tuple[str, ...]", data.get("plugins") or ())
    said_at = {key: places.line((key,)) for key in OWN_KEYS if key in data}
    return policy._replace(
        custom={rule.name: rule for rule in found},
        rules=settings,
        plugins=tuple(
            Plugin(name, places.line(("plugins", index))) for index, name in enumerate(names)
        ),
        permit=Permissions(
            cast("bool | None", permit.get("custom-rules")),
            cast("tuple[str, ...] | None", permit.get("plugins")),
            cast("bool | None", permit.get("knowledge")),
        ),
        origins={**policy.origins, **said_at},
    )


def _rule(said: Mapping[str, Data], index: int, places: PolicyPlaces) -> CustomRule:
    texts = {key: cast("str", said.get(key) or "").strip() for key in _TEXTS}
    return CustomRule(
        **texts,
        severity=Severity.named(cast("str", said.get("severity") or "medium")),
        confidence=Confidence(said.get("confidence") or "certain"),
        references=cast("tuple[str, ...]", said.get("references") or ()),
        samples=tuple(_samples(said, index, places)),
        origin=places.line(("custom-rules", index, "name")),
    )


def _samples(said: Mapping[str, Data], index: int, places: PolicyPlaces) -> Iterator[Sample]:
    for key in ("bad", "good"):
        samples = cast("tuple[Data, ...]", said.get(key) or ())
        for number, files in enumerate(samples):
            origin = places.line(("custom-rules", index, key, number))
            if isinstance(files, str):
                yield Sample(key == "bad", (("", files),), origin)
            else:
                named = cast("Mapping[str, str]", files)
                yield Sample(key == "bad", tuple(named.items()), origin)
