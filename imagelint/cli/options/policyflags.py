"""What the command line says about the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.cli.options.names import LEVELS
from imagelint.core.environment import Environment
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.finding import Severity
from imagelint.core.nearest import nearest
from imagelint.policy.build import level_named
from imagelint.policy.model import Policy, RuleSetting
from imagelint.policy.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator


def flags(
    fail_on: str | None,
    rules: tuple[str, ...],
    environment: Environment | None = None,
    demanded: tuple[str, ...] = (),
) -> Policy:
    """The topmost layer of the policy: what the command line says.

    `demanded` are rules that the command itself is about.

    Raises:
        UsageError: a rule or level is not known.
    """
    settings = {name: setting for rule in rules for name, setting in _settings(rule)}
    threshold = Severity.named(fail_on) if fail_on else None
    return Policy(
        fail_on=threshold,
        environment=environment or Environment(),
        rules=settings,
        demanded=demanded,
    )


def _settings(text: str) -> Iterator[tuple[str, RuleSetting]]:
    """The rules that `NAME=LEVEL` means, several by a former name, with their setting."""
    from imagelint.rules import catalog

    name, _, level = text.partition("=")
    known = name in catalog.names() or catalog.is_custom(name)
    meant = (name,) if known else catalog.successors(name)
    if not meant:
        hint = did_you_mean(name, catalog.names()) or "see `imagelint rules`"
        raise UsageError(Diagnostic(f"--rule: there is no rule {name!r}", help=hint))
    if level not in LEVELS:
        near = nearest(level, LEVELS)
        hint = f"did you mean `{name}={near}`?" if near else ", ".join(LEVELS)
        raise UsageError(Diagnostic(f"--rule: {text!r} needs a level: {name}=LEVEL", help=hint))
    setting = RuleSetting(level_named(level), origins={"level": "--rule"})
    yield from ((rule, setting) for rule in meant)
