"""Policies for the fuzzer: what is mutated of them, and what is done with what comes of it.

A policy that is refused is one answer; one that is not judges the examples of its own rules.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from imagelint.core.errors import PolicyError
from imagelint.core.report import Report
from imagelint.core.source import Source
from imagelint.custom.subjects import SUBJECTS
from imagelint.documents.project import Project
from imagelint.engine.examine import Examination
from imagelint.policy.load import load_policy
from imagelint.run.files import total
from imagelint.run.policyfiles import POLICY_NAME
from imagelint.run.reading.recognition import recognise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.policy.model import Policy

_ROOT = Path(__file__).parents[1]
EXAMPLES = _ROOT / "docs" / "examples" / "custom-rules.yaml"
_HEAD = "custom-rules:\n"
_RULE = re.compile(r"^  - name: ", re.MULTILINE)


def policy_texts() -> list[str]:
    """Valid policies: one for each example of an own rule, and those of the project's tests."""
    _, _, text = EXAMPLES.read_text(encoding="utf-8").partition(_HEAD)
    starts = [match.start() for match in _RULE.finditer(text)]
    rules = [text[at:to] for at, to in zip(starts, [*starts[1:], len(text)], strict=True)]
    others = sorted((_ROOT / "testdata" / "policies" / "valid").rglob("*.yaml"))
    return [*(f"{_HEAD}{rule}" for rule in rules), *(one.read_text("utf-8") for one in others)]


def with_own_rules(policy: Policy) -> Policy:
    """A policy with the examples of own rules besides its rules."""
    own = load_policy(Source(EXAMPLES.name, EXAMPLES.read_text(encoding="utf-8")), _nothing)
    return policy._replace(
        custom=own.custom, rules={**policy.rules, **{name: own.rules[name] for name in own.custom}}
    )


def judged_by(text: str) -> Report:
    """What a policy says about the examples of its own rules; nothing if it is refused."""
    try:
        policy = load_policy(Source(POLICY_NAME, text), _nothing)
    except PolicyError:
        return Report()
    return total(_judged(policy))


def _judged(policy: Policy) -> Iterator[Report]:
    examination = Examination(policy)
    for rule in policy.custom.values():
        for sample in rule.samples:
            for name, text in sample.files:
                document = recognise(Source(name or SUBJECTS[rule.subject].file, text))
                if not isinstance(document, Report):
                    yield examination(document, Project())


def _nothing(name: str) -> Source:
    raise ValueError(f"{name} is not there")
