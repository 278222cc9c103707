"""What the command line says about the policy."""

from __future__ import annotations

from imagelint.cli.options import SEVERITIES
from imagelint.core.environment import Environment, Signer
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.finding import Severity
from imagelint.policy.model import Policy, RuleSetting


def flags(fail_on: str | None, rules: tuple[str, ...], signers: tuple[Signer, ...] = ()) -> Policy:
    """The topmost layer of the policy: what the command line says.

    Raises:
        UsageError: a rule or level is not known.
    """
    settings = dict(_setting(rule) for rule in rules)
    threshold = Severity.named(fail_on) if fail_on else None
    return Policy(fail_on=threshold, environment=Environment(signers=signers), rules=settings)


def _setting(text: str) -> tuple[str, RuleSetting]:
    from imagelint.rules import catalog

    name, _, level = text.partition("=")
    if name not in catalog.names():
        from difflib import get_close_matches

        near = get_close_matches(name, catalog.names(), 1)
        hint = f"did you mean {near[0]}?" if near else "see `imagelint rules`"
        raise UsageError(Diagnostic(f"--rule: there is no rule {name!r}", help=hint))
    origins = {"level": "--rule"}
    if level in {"on", "off"}:
        return name, RuleSetting("on" if level == "on" else "off", origins=origins)
    if level in SEVERITIES:
        return name, RuleSetting(Severity.named(level), origins=origins)
    choices = ", ".join(["off", "on", *SEVERITIES])
    raise UsageError(Diagnostic(f"--rule: {text!r} needs a level: {name}=LEVEL", help=choices))
