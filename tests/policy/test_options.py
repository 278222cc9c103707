from __future__ import annotations

from enum import Enum
from typing import Any, Literal

import pytest

from imagelint.core.errors import PolicyError
from imagelint.core.finding import Severity
from imagelint.policy.build import EXEMPT, LEVEL
from imagelint.policy.model import OptionValue, Policy, RuleSetting
from imagelint.policy.options import (
    LEVELS,
    coerce,
    options_for,
    options_of,
    severities_for,
    words_of,
)
from imagelint.rules import catalog
from tests.policy.conftest import Options, Style, root_user, unpinned_image


def given(**options: OptionValue) -> Policy:
    origins = dict.fromkeys(options, "a.yaml:3")
    return Policy(rules={"unpinned-image": RuleSetting("on", options, origins=origins)})


def test_a_rule_without_options_has_none() -> None:
    assert options_for(Policy(), root_user) is None


def test_what_is_not_said_has_its_default() -> None:
    assert options_for(Policy(), unpinned_image) == Options()


def test_values_become_what_the_dataclass_asks_for() -> None:
    said = given(pin="tag", at_least=4, share=1, names=("x",), worst="low", mode="slow", limit=7)
    expected = Options(Style.TAG, 4, 1.0, names=("x",), worst=Severity.LOW, mode="slow", limit=7)
    made = options_for(said, unpinned_image)
    assert made == expected
    assert isinstance(made, Options)
    assert type(made.share) is float


def test_levels_of_ids_are_no_option_of_the_dataclass() -> None:
    policy = given(levels=("hadolint DL3006=info", "Trivy DS-0001=high"))
    assert options_for(policy, unpinned_image) == Options()
    said = {"hadolint dl3006": Severity.INFO, "trivy ds-0001": Severity.HIGH}
    assert severities_for(policy) == {"unpinned-image": said}
    assert severities_for(given(pin="tag")) == {}


@pytest.mark.parametrize(
    "said", ["hadolint DL3008=info", "hadolint DL3006=off", "DL3006=info", "x"]
)
def test_levels_of_ids_that_the_rule_does_not_answer_to_are_refused(said: str) -> None:
    with pytest.raises(PolicyError, match=r"unpinned-image\.levels"):
        severities_for(given(levels=(said,)))


def test_all_that_is_wrong_is_said_with_its_origin() -> None:
    with pytest.raises(PolicyError) as raised:
        options_for(given(pin="x", at_least=True, nothing=1), unpinned_image)
    assert [(said.message, said.at) for said in raised.value.complaints] == [
        ("rules.unpinned-image.pin: expected one of tag, digest, found 'x'", "a.yaml:3"),
        ("rules.unpinned-image.at-least: expected a whole number, found True", "a.yaml:3"),
        ("rules.unpinned-image.nothing: no such option", "a.yaml:3"),
    ]


def test_options_are_named_in_kebab_case() -> None:
    assert [option.key for option in options_of(Options)][:3] == ["pin", "at-least", "share"]


class Number(Enum):
    ONE = 1


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (None, int | None, None),
        ("a", tuple[str, ...], ("a",)),
        (["a"], tuple[str, ...], ("a",)),
        (2, Literal[1, 2], 2),
        ("1", Number, Number.ONE),
        (True, bool, True),
    ],
)
def test_a_value_is_coerced(value: object, kind: Any, expected: object) -> None:
    assert coerce(value, kind) == expected


@pytest.mark.parametrize(
    ("value", "kind"),
    [(1, str), (True, float), (1, bool), ("x", int | None), ((1,), tuple[str, ...]), (3, Number)],
)
def test_a_value_of_another_type_is_refused(value: object, kind: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        coerce(value, kind)


def test_a_type_that_no_option_can_have_is_a_defect() -> None:
    with pytest.raises(TypeError):
        coerce("x", dict[str, str])


def test_members_are_named_by_word() -> None:
    assert words_of(Style) == ("tag", "digest")
    assert words_of(Severity)[0] == "info"


@pytest.mark.parametrize("name", catalog.names())
def test_no_option_is_named_like_what_every_rule_can_be_told(name: str) -> None:
    rule = catalog.load(name)
    options = options_of(rule.options) if rule.options else ()
    assert not {option.key for option in options} & {LEVEL, LEVELS, EXEMPT}
