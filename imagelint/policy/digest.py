"""What a policy says, in 64 hexadecimal digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint import __version__
from imagelint.core.digest import digest_of
from imagelint.core.serving.scorecard import ScorecardSettings
from imagelint.policy.lock import Floor
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.environment import Environment
    from imagelint.custom.definition import CustomRule
    from imagelint.policy.allowances import Allowances
    from imagelint.policy.model import Policy, RuleSetting, Waiver


def policy_digest(policy: Policy) -> str:
    """Equal for policies that decide equally, wherever and in whatever order that was said."""
    return digest_of(*_canonical(policy))


def text_digest(text: str) -> str:
    """Of a policy's text and of what it was validated against."""
    against = f"{__version__}\n{' '.join(catalog.names())}\n"
    return digest_of(against, text)


def _canonical(policy: Policy) -> Iterator[str]:
    yield f"fail-on {policy.threshold}"
    yield from _environment(policy.environment)
    for name in sorted(policy.rules):
        yield f"rule {name!r} {_setting(policy.rules[name])}"
    for waiver in sorted({_waiver(waiver) for waiver in policy.waivers}):
        yield f"waiver {waiver!r}"
    if policy.most_allowed is not None:
        yield f"allowed {policy.most_allowed}"
    if policy.scorecard != ScorecardSettings():
        yield f"scorecard {_scorecard(policy.scorecard)!r}"
    yield from (f"since {said}" for said in (policy.since,) if said)
    if not policy.allowances.is_empty:
        yield f"allowances {_allowances(policy.allowances)!r}"
    yield f"exclude {policy.exclude!r}"
    if policy.baseline:
        yield f"baseline {policy.baseline!r}"
    yield from _own(policy)
    if policy.trusted is not None:
        yield f"on {policy_digest(policy.trusted.policy)} {policy.trusted.commit}"
        yield f"locked {sorted(policy.trusted.locked.rules)!r}"


def _environment(said: Environment) -> Iterator[str]:
    # About which image a command decides is no part of the policy.
    yield f"environment {tuple(said._replace(gated='', knowledge=()))!r}"
    for facts in said.knowledge:
        yield f"knowledge {tuple(facts._replace(origin=''))!r}"


def _own(policy: Policy) -> Iterator[str]:
    for name, rule in sorted(policy.custom.items()):
        yield f"custom {name} {_custom(rule)!r}"
    for plugin in sorted(policy.plugins, key=lambda plugin: plugin.name):
        yield f"plugin {plugin.name} {plugin.digest}"


def _custom(rule: CustomRule) -> tuple[object, ...]:
    """What decides, and what is told; examples and where all that is written are neither."""
    return tuple(rule._replace(samples=(), origin=""))


def _waiver(waiver: Waiver) -> tuple[object, ...]:
    path = f"path {waiver.path}" if waiver.path else ""
    return (*waiver[:5], *filter(None, (path, waiver.approver)))


def _scorecard(said: ScorecardSettings) -> list[tuple[int, str]]:
    from imagelint.policy.serving.scorecard import written_scorecard

    return sorted(written_scorecard(said))


def _allowances(said: Allowances) -> tuple[object, ...]:
    lists = (said.never, said.approvers, said.files)
    sets = (each if each is None else sorted({*each}) for each in lists)
    return (sorted(said.extents.items()), said.waiver_days, *sets)


def _setting(setting: RuleSetting) -> str:
    options = sorted(setting.options.items())
    floor = f" {tuple(setting.floor)!r}" if setting.floor != Floor() else ""
    return f"{setting.level!s} {options!r} {sorted(setting.exempt)!r}{floor}"
