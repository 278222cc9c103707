"""What the command line asks for by name is judged, whatever the policy says that lies in the tree.

That policy may come with what is examined: it must not loosen what somebody asks for in so many
words. A policy that is named on the command line is the asker's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.policy.lock import Floor
from imagelint.policy.model import Policy, merge
from imagelint.rules import catalog

if TYPE_CHECKING:
    from collections.abc import Collection

    from imagelint.policy.model import Level, RuleSetting

BY_SIGNER = ("unsigned-image", "wrong-signer")
"""The rules that a signer on the command line is about: no finding of theirs may pass."""

BY_TRUST = ("too-few-signers", "missing-attestation")
"""The rules about what `environment.trust` demands, which are silent where it demands nothing."""


def demand(below: Policy, flags: Policy, *, named: bool) -> Policy:
    """A policy under what the command line says; `named` if the policy is named there as well."""
    signer = bool(flags.environment.signers)
    said = {name for name, setting in flags.rules.items() if setting.enabled}
    if not named:
        below = _without_exceptions(below, said | set(BY_SIGNER if signer else ()))
        if signer:
            # Who says which root is trusted says who is believed.
            root = below.trusted.policy.environment.trusted_root if below.trusted else None
            below = below._replace(environment=below.environment._replace(trusted_root=root))
    merged = merge(below, flags)
    rules = dict(merged.rules)
    for name in flags.rules:
        # Whoever runs us may do what no policy of the tree may.
        if rules[name].floor != Floor():
            rules[name] = rules[name]._replace(floor=Floor())
    for name in set(flags.demanded) - set(flags.rules):
        if name not in rules or not rules[name].enabled:
            rules[name] = merged.setting(name)._replace(level="on")
    for name in set(BY_SIGNER if signer else ()) - set(flags.rules):
        setting = merged.setting(name)
        said_level = setting.level if isinstance(setting.level, Severity) else Severity.INFO
        level = max(catalog.load(name).severity, merged.threshold, said_level)
        rules[name] = setting._replace(level=level)
    return merged._replace(rules=rules)


def _without_exceptions(policy: Policy, rules: Collection[str]) -> Policy:
    """The policy without exemptions from some rules, and without waivers and baseline for them."""
    settings = {
        name: setting._replace(exempt=()) if setting.exempt and name in rules else setting
        for name, setting in policy.rules.items()
    }
    waivers = tuple(
        waiver for waiver in policy.waivers if not set(catalog.find(waiver.rule)) & set(rules)
    )
    # A baseline knows findings, not rules: it holds for all of them or for none.
    baseline = "" if rules else policy.baseline
    return policy._replace(rules=settings, waivers=waivers, baseline=baseline)


def narrowed(policy: Policy, only: Collection[str]) -> Policy:
    """The policy with only some rules on, each as severe as it says; none named: as it is."""
    if not only:
        return policy
    rules = {name: policy.setting(name) for name in (*policy.rules, *only)}
    return policy._replace(
        rules={
            name: setting._replace(level=_level_alone(setting) if name in only else "off")
            for name, setting in rules.items()
        }
    )


def _level_alone(setting: RuleSetting) -> Level | None:
    return setting.level if setting.enabled else "on"
