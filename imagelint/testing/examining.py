"""Examine texts by some rules alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.environment import Environment
from imagelint.policy.model import Plugin, Policy, RuleSetting
from imagelint.run.trials.texts import examine_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imagelint.core.finding import Finding
    from imagelint.core.report import Report
    from imagelint.policy.model import OptionValue
    from imagelint.rules.rule import Rule

PREFIX = "tested."
"""What stands before the names of rules while they are tested: so none of them is one of ours."""


def examine_files(
    rules: Iterable[Rule],
    files: Mapping[str, str],
    options: Mapping[str, OptionValue] | None = None,
    environment: Environment = Environment(),  # noqa: B008 - it cannot be changed
) -> Report:
    """What comes of texts by their names when they are examined by some rules and no others.

    `options` are given to each rule that has any, under the names of their fields. Findings are
    under the names that the rules have themselves.

    Raises:
        PolicyError: an option is not what its rule asks for.
        ValueError: a name leads out of the folder.
    """
    named = tuple(rule._replace(name=f"{PREFIX}{rule.name}") for rule in rules)
    settings = {
        rule.name: RuleSetting("on", options or {} if rule.options is not None else {})
        for rule in named
    }
    plugin = Plugin("tested", rules=named)
    policy = Policy(rules=settings, plugins=(plugin,), environment=environment)
    report = examine_texts(files, policy)
    found = (one._replace(rule=one.rule.removeprefix(PREFIX)) for one in report.findings)
    return report._replace(findings=tuple(found))


def findings(
    rules: Iterable[Rule],
    files: Mapping[str, str],
    options: Mapping[str, OptionValue] | None = None,
) -> tuple[Finding, ...]:
    """What some rules say about texts, in the order of files and places.

    Raises:
        AssertionError: something could not be judged: a text is broken, a rule crashes.
        PolicyError: an option is not what its rule asks for.
    """
    report = examine_files(rules, files, options)
    problems = [f"{one.origin}: {one.kind.value}: {one.detail}" for one in report.problems]
    if problems:
        raise AssertionError("\n".join(problems))
    return tuple(sorted(report.findings, key=lambda one: (one.location.origin, one.location.span)))
