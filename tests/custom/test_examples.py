"""The rules in docs/examples, which people copy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagelint.core.source import Source
from imagelint.policy.load import load_policy
from imagelint.run.trials.ownrules import tried

if TYPE_CHECKING:
    from imagelint.policy.model import Policy

PATH = Path(__file__).parents[2] / "docs" / "examples" / "custom-rules.yaml"


def _nothing(name: str) -> Source:
    raise ValueError(f"{name} is not there")


POLICY = load_policy(Source(PATH.name, PATH.read_text(encoding="utf-8")), _nothing)


@pytest.mark.parametrize("name", POLICY.custom)
def test_an_example_speaks_where_it_is_bad_and_is_silent_where_it_is_good(name: str) -> None:
    alone = POLICY._replace(custom={name: POLICY.custom[name]})
    (test,) = tried(alone)
    assert test.failures == ()
    assert test.bad >= 1
    assert test.good >= 1


def test_there_are_as_many_as_are_promised() -> None:
    assert len(POLICY.custom) >= 20
    assert len({rule.subject for rule in POLICY.custom.values()}) >= 10


def test_the_page_about_rules_shows_one_that_works() -> None:
    page = (PATH.parents[1] / "custom-rules.md").read_text(encoding="utf-8")
    text = page.partition("```yaml\n")[2].partition("```")[0]
    policy: Policy = load_policy(Source("policy.yaml", text), _nothing)
    (test,) = tried(policy)
    assert test.failures == ()
