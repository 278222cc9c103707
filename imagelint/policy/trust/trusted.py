"""A policy in which the examined tree has no say, and what it locks against that tree's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.environment import Environment
from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple
from imagelint.policy.demands import BY_SIGNER
from imagelint.policy.lock import OWN, Floor
from imagelint.policy.model import Policy, RuleSetting, merge_all
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.policy.lock import Lock
    from imagelint.policy.trust.attempt import Attempt

ENVIRONMENT_KEYS = {
    "driver": "driver",
    "gpu_product": "gpu",
    "gpus_per_node": "gpu",
    "registries": "registries",
    "signers": "signers",
    "trust": "trust",
    "trusted_root": "trusted-root",
    "trusted_root_text": "trusted-root",
    "build_contexts": "build-contexts",
    "closed": "closed",
    "scan": "scan",
    "push": "push",
    "summary": "verification-summary",
    "images": "images",
    "knowledge": "knowledge",
}
"""The fields of the environment, and under which key a policy says them."""
_BY_REGISTRY = ("untrusted-registry",)


class Locked(NamedTuple):
    """What is locked, and where that is said: `fail_on` a threshold, `rules` floors by rule.

    `environment` are the locked fields of the environment. `origins` has the places by entry:
    `rules.root-user`, `fail-on`, `environment.signers`.
    """

    rules: Mapping[str, Floor] = {}
    fail_on: Severity | None = None
    environment: frozenset[str] = frozenset()
    origins: Mapping[str, tuple[str, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self.rules or self.environment or self.fail_on is not None)

    def holder(self, key: str) -> str:
        """Where an entry is locked, for people."""
        return ", ".join(self.origins.get(key, ()))


class TrustedPolicy(NamedTuple):
    """What holds against the policies of the examined tree.

    `policy` is resolved, with exemptions, waivers, excluded files and a baseline of its own, whose
    globs are relative to the folder `base`; it may itself lie on another trusted one. `name` is
    what people call it, `commit` the full name of the commit as of which it was read, or empty.
    `locked` is what nothing on top of it loosens, `admits` tells whether policies of the tree lie
    on it at all. `attempts` is where one of them tried to loosen what is locked.
    """

    policy: Policy
    name: str
    base: str
    commit: str = ""
    locked: Locked = Locked()
    admits: bool = False
    attempts: tuple[Attempt, ...] = ()

    def locks(self, rule: str) -> bool:
        """Whether a rule is locked."""
        return rule in self.locked.rules

    def may_allow(self, rule: str, way: str) -> bool:
        """Whether something in the examined tree may say that findings of a rule do not count.

        `way` is how, as `allowances` names it. Whether it is accepted depends on more than that.
        """
        return not self.locks(rule) or self.policy.allowances.extents.get(way, 0) > 0


def trusted(policy: Policy, name: str, base: str, commit: str = "") -> TrustedPolicy:
    """A resolved policy as one that holds against those on top of it."""
    from imagelint.policy.load import pack

    packs = {each: pack(each) for each in policy.lock.packs}
    told = Policy(rules=dict.fromkeys(about_trust(), RuleSetting("on")))
    policy = merge_all((told, Policy(rules=_bare_rules(packs.values())), policy))
    locked = _locked(policy, packs)
    if policy.trusted is not None:
        locked = _both(policy.trusted.locked, locked)
    return TrustedPolicy(policy, name, base, commit, locked, admits=bool(policy.lock))


def about_trust() -> tuple[str, ...]:
    """The rules that tell what is loosened: a policy that is trusted has them on unless it says."""
    return tuple(name for name in catalog.names() if catalog.family(name) == "trust")


def _bare_rules(packs: Iterable[Policy]) -> Mapping[str, RuleSetting]:
    return merge_all(Policy(rules=one.rules) for one in packs).rules


def _locked(policy: Policy, packs: Mapping[str, Policy]) -> Locked:
    lock = policy.lock
    if not lock:
        return Locked()
    floors = dict(lock.rules)
    origins = dict(lock.origins)
    for entry, rule in _implied(lock, packs):
        setting = policy.setting(rule)
        if setting.level == "off" and rule not in lock.rules:
            continue  # by the policy's own word
        level = setting.level
        floor = Floor(severity=level) if isinstance(level, Severity) else OWN
        floors[rule] = floors.get(rule, Floor()).joined(floor)
        origins.setdefault(f"rules.{rule}", lock.origins.get(entry, ()))
    # Who says how it is scanned says what is found; an old verdict may be about less.
    fields = {"scan", "push", "summary", *(("signers",) if lock.signers else ())}
    if floors:
        # What a rule builds on is locked with it. A build context is never an image to judge.
        fields |= {"build_contexts", *_declared(policy.environment)}
        # So are the facts: whoever says that an operator sets everything silences rules.
        fields |= {"knowledge"}
        if policy.permit.knowledge:
            fields.discard("knowledge")
    elif lock.registries and policy.environment.registries:
        fields.add("registries")
    if "signers" in fields:
        # Who says which root is trusted says who is believed.
        fields |= {"trust", "trusted_root", "trusted_root_text"}
    origins |= {f"environment.{field}": _origin(policy, field) for field in fields}
    origins.setdefault("fail-on", (policy.origins.get("fail-on", "default"),))
    threshold = policy.threshold if lock.fail_on is None else lock.fail_on
    return Locked(floors, threshold, frozenset(fields), origins)


def _implied(lock: Lock, packs: Mapping[str, Policy]) -> Iterator[tuple[str, str]]:
    """The rules that entries of a lock mean without naming them, each with its entry."""
    for name, pack in packs.items():
        yield from ((f"packs.{name}", rule) for rule in pack.enabled)
    yield from (("", rule) for rule in about_trust())
    yield from (("signers", rule) for rule in BY_SIGNER if lock.signers)
    yield from (("registries", rule) for rule in _BY_REGISTRY if lock.registries)


def _declared(environment: Environment) -> Iterator[str]:
    said, nothing = environment._asdict(), Environment()._asdict()
    return (field for field, value in said.items() if value != nothing[field])


def _origin(policy: Policy, field: str) -> tuple[str, ...]:
    key = ENVIRONMENT_KEYS[field]
    said = policy.origins.get(f"environment.{key}")
    return policy.lock.origins.get(key) or ((said,) if said else ())


def _both(below: Locked, above: Locked) -> Locked:
    """What is locked by either of two policies that lie on one another."""
    rules = {
        name: below.rules.get(name, Floor()).joined(above.rules.get(name, Floor()))
        for name in {**below.rules, **above.rules}
    }
    bounds = [each for each in (below.fail_on, above.fail_on) if each is not None]
    return Locked(
        rules,
        min(bounds, default=None),
        below.environment | above.environment,
        {
            key: tuple(dict.fromkeys((*below.origins.get(key, ()), *above.origins.get(key, ()))))
            for key in {**below.origins, **above.origins}
        },
    )
