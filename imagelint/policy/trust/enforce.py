"""Lay the policy of an examined tree on a trusted one: what is locked it can only tighten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.environment import Environment
from imagelint.core.finding import Severity
from imagelint.policy.builtin import PACKS
from imagelint.policy.custom.rulebook import severity_of
from imagelint.policy.model import Policy, RuleSetting, merge
from imagelint.policy.options import is_strictest
from imagelint.policy.trust.attempt import Attempt
from imagelint.policy.trust.covering import covers
from imagelint.policy.trust.trusted import ENVIRONMENT_KEYS
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.policy.lock import Floor
    from imagelint.policy.trust.trusted import TrustedPolicy


def enforce(trusted: TrustedPolicy, lower: Policy) -> Policy:
    """Both as one policy that is at least as strict as the trusted one in all that it locks.

    What `lower` tried to loosen of that is among the attempts of the policy's `trusted`. Its
    exemptions, waivers, excluded files and baseline are those of `lower` alone: those of the
    trusted policy stay there.
    """
    merged = merge(without_exceptions(trusted.policy), lower)
    locked = trusted.locked
    rules = dict(merged.rules)
    for name, floor in locked.rules.items():
        rules[name] = _held(name, trusted.policy.setting(name), lower.setting(name), floor)
    fail_on = merged.fail_on
    if locked.fail_on is not None and merged.threshold > locked.fail_on:
        fail_on = locked.fail_on
    attempts = tuple(_attempts(trusted, lower))
    return merged._replace(
        fail_on=fail_on,
        rules=rules,
        environment=_environment(trusted, lower),
        lock=lower.lock,
        allowances=lower.allowances,
        most_allowed=lower.most_allowed,
        scorecard=trusted.policy.scorecard.over(lower.scorecard),
        since="all" if trusted.policy.since == "all" else merged.since,
        trusted=trusted._replace(attempts=(*trusted.attempts, *attempts)),
    )


def alone(trusted: TrustedPolicy) -> Policy:
    """The trusted policy as one to which nothing is added."""
    return enforce(trusted, Policy())


def without_exceptions(policy: Policy) -> Policy:
    """A policy without what it exempts, waives, excludes, and has in a baseline."""
    rules = {name: setting._replace(exempt=()) for name, setting in policy.rules.items()}
    return policy._replace(rules=rules, waivers=(), exclude=(), baseline="")


def _held(name: str, trusted: RuleSetting, lower: RuleSetting, floor: Floor) -> RuleSetting:
    """The setting of a locked rule: the tree sets its level above the floor, and tightens it."""
    level = trusted.level if lower.level in (None, "off") else lower.level
    tightened = {
        option: value
        for option, value in lower.options.items()
        if is_strictest(name, option, lower.options)
    }
    said = {key: at for key, at in lower.origins.items() if key in ("level", "exempt", *tightened)}
    return RuleSetting(
        "on" if level == "off" else level,
        {**trusted.options, **tightened},
        lower.exempt,
        {**trusted.origins, **said},
        trusted.floor.joined(floor),
    )


def _environment(trusted: TrustedPolicy, lower: Policy) -> Environment:
    merged = merge(Policy(environment=trusted.policy.environment), lower).environment
    held = {
        field: getattr(trusted.policy.environment, field) for field in trusted.locked.environment
    }
    narrowed = tuple(
        glob
        for glob in lower.environment.registries
        if any(covers(wider, glob) for wider in held.get("registries", ()))
    )
    if narrowed:
        held["registries"] = narrowed
    if merged.trusted_root != trusted.policy.environment.trusted_root:
        merged = merged._replace(trusted_root_text="")
    return merged._replace(**held)


def _attempts(trusted: TrustedPolicy, lower: Policy) -> Iterator[Attempt]:
    """What a policy says that would make less strict what is locked, and where.

    Levels and options that it has of a pack of ours are none of its own words.
    """
    locked = trusted.locked
    for name, setting in lower.rules.items():
        if name in locked.rules:
            yield from _on_rule(name, setting, trusted)
    at = lower.origins.get("fail-on", "")
    told = lower.fail_on is not None and at not in PACKS
    if told and locked.fail_on is not None and lower.threshold > locked.fail_on:
        said = f"`fail-on: {lower.fail_on}` is higher than {locked.fail_on}"
        yield Attempt("fail-on", said, at, locked.holder("fail-on"))
    yield from _on_environment(trusted, lower)
    yield from _on_exceptions(trusted, lower)


def _on_rule(name: str, setting: RuleSetting, trusted: TrustedPolicy) -> Iterator[Attempt]:
    holder = trusted.locked.holder(f"rules.{name}")
    own = severity_of(name, trusted.policy)
    least = trusted.locked.rules[name].raised(Severity.INFO, own)
    at = setting.origins.get("level", "")
    level = None if at in PACKS else setting.level
    if level == "off":
        yield Attempt(name, f"`{name}` is switched off", at, holder)
    elif level is not None and _severity(level, own) < least:
        yield Attempt(name, f"`{name}: {level}` is less than {least}", at, holder)
    options = trusted.policy.setting(name).options
    for option, value in setting.options.items():
        at = setting.origins.get(option, "")
        known = (option in options and options[option] == value) or at in PACKS
        if not (known or is_strictest(name, option, setting.options)):
            said = f"`{option.replace('_', '-')}` of `{name}` is set"
            yield Attempt(name, said, at, holder)
    if setting.exempt and not trusted.may_allow(name, "exemptions"):
        said = f"`{name}` has exemptions"
        yield Attempt(name, said, setting.origins.get("exempt", ""), holder)


def _on_environment(trusted: TrustedPolicy, lower: Policy) -> Iterator[Attempt]:
    nothing, told = Environment(), set[str]()
    for field in sorted(trusted.locked.environment):
        key = ENVIRONMENT_KEYS[field]
        said = getattr(lower.environment, field)
        held = getattr(trusted.policy.environment, field)
        if said in (getattr(nothing, field), held) or key in told:
            continue
        if field == "registries" and all(any(covers(one, glob) for one in held) for glob in said):
            continue
        told.add(key)
        at = lower.origins.get(f"environment.{key}", "")
        holder = trusted.locked.holder(f"environment.{field}") or trusted.name
        yield Attempt(key, f"`{key}` of the environment is set", at, holder)


def _on_exceptions(trusted: TrustedPolicy, lower: Policy) -> Iterator[Attempt]:
    for waiver in lower.waivers:
        for name in catalog.find(waiver.rule):
            if not trusted.may_allow(name, "waivers"):
                holder = trusted.locked.holder(f"rules.{name}")
                said = f"`{name}` is waived"
                yield Attempt(name, said, waiver.origin, holder, waiver.span)
                break
    if trusted.locked.rules and lower.exclude:
        at = lower.origins.get("exclude", "")
        yield Attempt("exclude", "files are excluded from locked rules", at, trusted.name)
    refused = any(not trusted.may_allow(name, "baselines") for name in trusted.locked.rules)
    if refused and lower.baseline:
        at = lower.origins.get("baseline", "")
        yield Attempt("baseline", "a baseline is named for locked rules", at, trusted.name)


def _severity(level: Severity | str, own: Severity) -> Severity:
    return level if isinstance(level, Severity) else own
