"""What a policy says less strictly than it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.policy.allowances import ALL
from imagelint.policy.custom.rulebook import severity_of
from imagelint.policy.lock import Floor
from imagelint.policy.options import is_strictest
from imagelint.policy.trust.attempt import Attempt
from imagelint.policy.trust.covering import covers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.environment import Environment
    from imagelint.core.sitefacts import SiteFacts
    from imagelint.custom.definition import CustomRule
    from imagelint.policy.allowances import Allowances
    from imagelint.policy.model import Level, Policy, RuleSetting, Waiver

_MOST_NAMES = 5
_KEYS = {
    "driver": "driver",
    "gpu_product": "gpu",
    "gpus_per_node": "gpu",
    "trusted_root": "trusted-root",
    "closed": "closed",
}


def weakened(before: Policy, after: Policy) -> tuple[Attempt, ...]:
    """All that `after` says less strictly than `before`, each at its place in `after`.

    Both are resolved. What is neither weaker nor stronger for certain, such as another value of
    most options, is told as well: somebody has to look.
    """
    found: list[Attempt] = []
    for name in before.enabled:
        found += _rule(name, before.setting(name), after)
    if after.threshold > before.threshold:
        said = f"`fail-on` is {after.threshold}, it was {before.threshold}"
        found.append(Attempt("fail-on", said, _place(after, "fail-on")))
    found += _waivers(before.waivers, after.waivers)
    found += _added("exclude", before.exclude, after.exclude, after)
    if after.baseline and after.baseline != before.baseline:
        said = f"the baseline is `{after.baseline}`, it was `{before.baseline or 'none'}`"
        found.append(Attempt("baseline", said, _place(after, "baseline")))
    found += _environment(before.environment, after.environment, after)
    found += _lock(before, after)
    found += _allowances(before, after)
    found += _own(before, after)
    return tuple(found)


def _own(before: Policy, after: Policy) -> Iterator[Attempt]:
    """Rules of one's own that are others now, plugins that are gone, and what may be brought."""
    for name, rule in before.custom.items():
        now = after.custom.get(name)
        if now is not None and _judging(now) != _judging(rule):
            yield Attempt(name, f"`{name}` asks for something else", now.origin)
    kept = {plugin.name for plugin in after.plugins}
    gone = [plugin.name for plugin in before.plugins if plugin.name not in kept]
    if gone:
        said = f"`plugins` lacks what it had: {_listed(gone)}"
        yield Attempt("plugins", said, _place(after, "plugins") or _place(after, "extends"))
    more = _new(before.permit.plugins or (), after.permit.plugins or ())
    if after.permit.custom_rules and not before.permit.custom_rules:
        more = ["custom-rules", *more]
    if after.permit.knowledge and not before.permit.knowledge:
        more = [*more, "knowledge"]
    if more:
        yield Attempt("permit", f"`permit` has more: {_listed(more)}", _place(after, "permit"))


def _judging(rule: CustomRule) -> tuple[object, ...]:
    """What of a rule decides whether it speaks, and how much that counts."""
    return (rule.subject, rule.condition, rule.severity, rule.confidence)


def _rule(name: str, before: RuleSetting, policy: Policy) -> Iterator[Attempt]:
    after = policy.setting(name) if name in policy.rules else None
    place = _place(policy, "extends") if after is None else after.origins.get("level", "")
    if after is None or not after.enabled:
        yield Attempt(name, f"`{name}` is off, it was on", place)
        return
    for option in sorted({*before.options, *after.options}):
        same = before.options.get(option) == after.options.get(option)
        if not (same or is_strictest(name, option, after.options)):
            key = option.replace("_", "-")
            at = after.origins.get(option) or place
            yield Attempt(name, f"`{key}` of `{name}` is another", at)
    if before.level == after.level:
        least = now = Severity.INFO
    else:
        own = severity_of(name, policy)
        least, now = _severity(before.level, own), _severity(after.level, own)
    if now < least:
        yield Attempt(name, f"`{name}` is {now}, it was {least}", place)
    new = _new(before.exempt, after.exempt)
    if new:
        said = f"`{name}` has more exemptions: {_listed(new)}"
        yield Attempt(name, said, after.origins.get("exempt", ""))


def _severity(level: Level | None, own: Severity) -> Severity:
    return level if isinstance(level, Severity) else own


def _waivers(before: Iterable[Waiver], after: Iterable[Waiver]) -> Iterator[Attempt]:
    last: dict[tuple[str, str, str], str] = {}
    for waiver in before:
        key = (waiver.rule, waiver.where, waiver.subject)
        last[key] = max(waiver.until, last.get(key, ""))
    for waiver in after:
        until = last.get((waiver.rule, waiver.where, waiver.subject))
        if until is None:
            said = f"`{waiver.rule}` is waived until {waiver.until}"
        elif waiver.until > until:
            said = f"`{waiver.rule}` is waived until {waiver.until}, it was until {until}"
        else:
            continue
        yield Attempt(waiver.rule, said, waiver.origin, span=waiver.span)


def _added(
    key: str, before: tuple[str, ...], after: tuple[str, ...], policy: Policy
) -> Iterator[Attempt]:
    new = _new(before, after)
    if new:
        yield Attempt(key, f"`{key}` has more: {_listed(new)}", _place(policy, key))


def _new(before: Iterable[str], after: Iterable[str]) -> list[str]:
    known = frozenset(before)
    return [each for each in after if each not in known]


def _of_images(before: Environment, after: Environment, policy: Policy) -> Iterator[Attempt]:
    if after.scan != before.scan:
        yield Attempt("scan", "`scan` says another", _declared_at(policy, "scan"))
    gained = _new(before.summary.levels, after.summary.levels)
    if gained or (before.summary.levels and after.summary.verifier != before.summary.verifier):
        said = "`verification-summary` claims more, or by another name"
        yield Attempt("verification-summary", said, _declared_at(policy, "verification-summary"))
    if any(new > old for old, new in zip(before.push.hours, after.push.hours, strict=True)):
        yield Attempt("push", "`push` lets older verdicts count", _declared_at(policy, "push"))
    if _facts(before) != _facts(after):
        said = "`knowledge` says another: what is known decides what rules find"
        yield Attempt("knowledge", said, _declared_at(policy, "knowledge"))
    if before.images and after.images != before.images:
        yield Attempt("images", "`images` says another", _declared_at(policy, "images"))


def _facts(environment: Environment) -> tuple[SiteFacts, ...]:
    """What is known, wherever it is written."""
    return tuple(one._replace(origin="") for one in environment.knowledge)


def _environment(before: Environment, after: Environment, policy: Policy) -> Iterator[Attempt]:
    """What is declared otherwise; what was not declared kept rules silent, and cannot be missed."""
    for field, key in _KEYS.items():
        was, now = getattr(before, field), getattr(after, field)
        if was is not None and was != now:
            said = f"`{key}` is {'another' if now is not None else 'no longer declared'}"
            yield Attempt(key, said, _declared_at(policy, key))
    yield from _of_images(before, after, policy)
    yield from _added_signers(before, after, policy)
    gone = [rule for rule in before.trust if rule not in after.trust]
    if gone:
        said = f"`trust` lacks what it had: {len(gone)} of {len(before.trust)}"
        yield Attempt("trust", said, _declared_at(policy, "trust"))
    if before.registries and not after.registries:
        said = "`registries` is no longer declared"
        yield Attempt("registries", said, _declared_at(policy, "registries"))
    new = [
        glob
        for glob in _new(before.registries, after.registries)
        if not any(covers(one, glob) for one in before.registries)
    ]
    if before.registries and new:
        said = f"`registries` has more: {_listed(new)}"
        yield Attempt("registries", said, _declared_at(policy, "registries"))
    more = _new(before.build_contexts, after.build_contexts)
    if more:
        said = f"`build-contexts` has more: {_listed(more)}"
        yield Attempt("build-contexts", said, _declared_at(policy, "build-contexts"))


def _added_signers(before: Environment, after: Environment, policy: Policy) -> Iterator[Attempt]:
    if not before.signers:
        return
    place = _declared_at(policy, "signers")
    if not after.signers:
        yield Attempt("signers", "`signers` is no longer declared", place)
    new = [signer.name for signer in after.signers if signer not in before.signers]
    if new:
        yield Attempt("signers", f"other signers may sign: {_listed(new)}", place)


def _lock(before: Policy, after: Policy) -> Iterator[Attempt]:
    was, now = before.lock, after.lock
    place = _place(after, "lock")
    looser = [
        name
        for name, floor in was.rules.items()
        if now.rules.get(name, Floor()).joined(floor) != now.rules.get(name)
    ]
    looser += [name for name in was.packs if name not in now.packs]
    if was.fail_on is not None and (now.fail_on is None or now.fail_on > was.fail_on):
        looser.append("fail-on")
    looser += [key for key in ("signers", "registries") if getattr(was, key) > getattr(now, key)]
    if looser:
        yield Attempt("lock", f"`lock` holds less: {_listed(looser)}", place)


def _allowances(before: Policy, after: Policy) -> Iterator[Attempt]:
    most, now = before.most_allowed, after.most_allowed
    if most is not None and (now is None or now > most):
        said = f"`allowed` is {'not limited' if now is None else now}, it was {most}"
        yield Attempt("allowed", said, _place(after, "allowed"))
    if before.since == "all" and after.since != "all":
        said = "`since` lets pass what was there before"
        yield Attempt("since", said, _place(after, "since"))
    for key in _wider(before.allowances, after.allowances):
        said = f"`{key}` of `allowances` lets more count"
        place = after.allowances.origins.get(key) or _place(after, "allowances")
        yield Attempt("allowances", said, place)


def _wider(before: Allowances, after: Allowances) -> Iterator[str]:
    for way, extent in before.extents.items():
        if after.extents.get(way, ALL) > extent:
            yield way
    if not set(before.refused_always) <= set(after.refused_always):
        yield "never"
    days = before.waiver_days
    if days is not None and (after.waiver_days is None or after.waiver_days > days):
        yield "waiver-days"
    for key in ("approvers", "files"):
        was, now = getattr(before, key), getattr(after, key)
        if was is not None and (now is None or not set(now) <= set(was)):
            yield key


def _place(policy: Policy, key: str) -> str:
    return policy.origins.get(key, "")


def _declared_at(policy: Policy, key: str) -> str:
    return _place(policy, f"environment.{key}") or _place(policy, "environment")


def _listed(names: Iterable[str]) -> str:
    given = tuple(names)
    shown = ", ".join(f"`{name}`" for name in given[:_MOST_NAMES])
    return f"{shown} and {len(given) - _MOST_NAMES:,} more" if len(given) > _MOST_NAMES else shown
