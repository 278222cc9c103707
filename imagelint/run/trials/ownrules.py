"""Try the rules that a policy defines on their own examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.custom.definition import CustomRule
from imagelint.custom.subjects import SUBJECTS
from imagelint.policy.model import Policy, RuleSetting
from imagelint.run.trials.texts import examine_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.report import Report
    from imagelint.custom.definition import Sample


_ASKED = "imagelint.asked"


class RuleTest(NamedTuple):
    """What came of the examples of one rule: how many there are, and what is wrong, with places."""

    rule: CustomRule
    bad: int
    good: int
    failures: tuple[tuple[str, str], ...]


def tried(policy: Policy) -> Iterator[RuleTest]:
    """Each rule that a policy defines, tried on its examples, with no other rule on."""
    for rule in policy.custom.values():
        bad = sum(sample.bad for sample in rule.samples)
        good = len(rule.samples) - bad
        failures = tuple(_failures(rule, bad, good, policy))
        yield RuleTest(rule, bad, good, failures)


def _failures(rule: CustomRule, bad: int, good: int, policy: Policy) -> Iterator[tuple[str, str]]:
    for kind, number in (("bad", bad), ("good", good)):
        if not number:
            yield f"it has no {kind} example: give it one under `{kind}`", rule.origin
    # A text in which there is nothing to ask about shows nothing, however silent the rule is.
    asked = CustomRule(_ASKED, rule.subject, "true", "asked")
    alone = Policy(
        rules={rule.name: RuleSetting("on"), _ASKED: RuleSetting("on")},
        custom={rule.name: rule, _ASKED: asked},
        environment=policy.environment,
    )
    for sample in rule.samples:
        yield from ((said, sample.origin) for said in _wrong(rule, sample, alone))


def _wrong(rule: CustomRule, sample: Sample, alone: Policy) -> Iterator[str]:
    """What is other than it must be with one example."""
    files = {name or SUBJECTS[rule.subject].file: text for name, text in sample.files}
    try:
        report = examine_texts(files, alone)
    except ValueError as error:
        yield str(error)
        return
    found = [finding for finding in report.findings if finding.rule == rule.name]
    yield from (f"{problem.origin}: {problem.detail}" for problem in report.problems)
    yield from _unread(files, report)
    if not report.problems and all(finding.rule != _ASKED for finding in report.findings):
        yield f"there is no `{rule.subject}` in it: nothing is asked"
    elif sample.bad and not found and not report.problems:
        yield "it says nothing about a bad example"
    if not sample.bad:
        for finding in found:
            place = f"{finding.location.origin}:{finding.location.start.line}"
            yield f"it speaks about a good example: {place}: {finding.message}"


def _unread(files: dict[str, str], report: Report) -> Iterator[str]:
    told = {one.origin for one in report.examined} | {one.origin for one in report.problems}
    if not told & files.keys():
        yield f"nothing of it is examined: {', '.join(files)} is no document that we know"
