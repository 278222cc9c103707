"""`imagelint policy test`: rules of one's own, tried on their examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.collect.files import display
from imagelint.collect.findup import nearest
from imagelint.core.errors import Diagnostic, PolicyError, UsageError
from imagelint.core.report import ExitCode
from imagelint.policy.load import load_policy
from imagelint.run.policyfiles import POLICY_NAME, read_extended, read_source
from imagelint.run.trials.ownrules import tried

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.run.trials.ownrules import RuleTest


def try_rules(files: Iterable[str]) -> int:
    """Try the rules of some policies, or of the one that holds here; the code to exit with.

    Raises:
        PolicyError: with all that is wrong with the policies themselves.
        UsageError: there is no policy, or it defines no rules.
    """
    paths = tuple(map(display, tuple(files) or filter(None, (nearest(".", POLICY_NAME),))))
    if not paths:
        raise UsageError(Diagnostic(f"there is no {POLICY_NAME} here", help="imagelint init"))
    complaints: list[Diagnostic] = []
    tests: list[RuleTest] = []
    for path in paths:
        try:
            tests += tried(load_policy(read_source(path), read_extended))
        except PolicyError as error:
            complaints.extend(error.complaints)
    if complaints:
        raise PolicyError(*complaints)
    if not tests:
        help_ = "see https://imagelint.dev/custom-rules"
        raise UsageError(Diagnostic("these policies define no rules", ", ".join(paths), help_))
    width = max(len(test.rule.name) for test in tests)
    for test in tests:
        _show(test, width)
    failed = sum(1 for test in tests if test.failures)
    outcome = f"{failed} of them failed" if failed else "all as expected"
    click.echo(f"{_tried(tests)}, {outcome}")
    return ExitCode.FAIL if failed else ExitCode.PASS


def _show(test: RuleTest, width: int) -> None:
    verdict = "FAIL" if test.failures else "ok"
    name = f"{test.rule.name:{width}}"
    click.echo(f"{verdict:4}  {name}  {test.bad} bad, {test.good} good")
    for said, at in test.failures:
        click.echo(f"      {at}: {said}")


def _tried(tests: list[RuleTest]) -> str:
    return f"{len(tests)} {'rule' if len(tests) == 1 else 'rules'} tried"
