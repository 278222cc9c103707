from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.documents.booleans import (
    GO_YAML,
    YAML_CORE,
    compose_word,
    hub_variable,
    installer_variable,
    is_boolean_word,
    nccl_variable,
    preset_word,
    server_switch,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Reader = Callable[[str], bool | None]

WORDS = (
    "1",
    "true",
    "True",
    "t",
    "yes",
    "y",
    "on",
    "On",
    "2",
    "0",
    "false",
    "f",
    "no",
    "n",
    "off",
    "",
)


@pytest.mark.parametrize(
    ("reader", "yes"),
    [
        (installer_variable, "1 true True t yes y on On 2"),
        (hub_variable, "1 true True yes on On"),
        (nccl_variable, "1 2"),
        (preset_word, "1 true True on On"),
        (server_switch, "1 true True t yes y on On 2 f n "),
        (YAML_CORE.get, "true True"),
        (GO_YAML.get, "true True yes y on On"),
    ],
)
def test_each_language_has_words_for_yes_of_its_own(reader: Reader, yes: str) -> None:
    assert [word for word in WORDS if reader(word)] == yes.split(" ")


def test_yaml_says_no_with_few_words() -> None:
    assert [word for word in WORDS if YAML_CORE.get(word) is False] == ["false"]
    assert [word for word in WORDS if GO_YAML.get(word) is False] == ["false", "no", "n", "off"]


@pytest.mark.parametrize(("text", "number"), [("-1", True), (" 1 ", True), ("00", False)])
def test_a_variable_of_nccl_is_a_number(text: str, number: bool) -> None:  # noqa: FBT001
    assert nccl_variable(text) is number
    assert nccl_variable("9" * 5_000)


def test_no_boolean_word_is_a_secret() -> None:
    assert [word for word in WORDS if not is_boolean_word(word)] == ["2", ""]


def test_a_preset_refuses_words_that_mean_neither() -> None:
    assert [word for word in WORDS if preset_word(word) is False] == ["0", "false", "off"]
    assert preset_word("Disabled") is False


def test_compose_reads_words_in_any_case() -> None:
    assert [compose_word(word) for word in ("yES", "Y", "tRuE", "oN")] == [True] * 4
    assert [compose_word(word) for word in ("fALSE", "N", "1", "")] == [False, False, None, None]
