from __future__ import annotations

import pytest

from imagelint.core.fact import UNKNOWN, Known
from imagelint.documents.compose.variables import read_env, read_settings
from imagelint.documents.shared import EnvOrigin
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml


def read(text: str) -> Cursor:
    whole = "image:" in text or "extends:" in text
    (node,) = load_yaml(text if whole else f"{text.rstrip()}\nimage: a\n")
    return Cursor(node)


MAPPING = """\
environment:
  A: b
  N: 1
  T: true
  HOST:
  FILLED: ${X:-y}
  OPEN: ${X}
  DOLLAR: a$$b
"""
LIST = """\
environment:
- A=b
- "N=1"
- T=true
- HOST
- FILLED=${X:-y}
- OPEN=${X}
- DOLLAR=a$$b
"""


@pytest.mark.parametrize("text", [MAPPING, LIST])
def test_both_forms_say_the_same(text: str) -> None:
    variables, complete = read_env(read(text))
    assert complete
    assert {
        variable.name: variable.value.value if isinstance(variable.value, Known) else UNKNOWN
        for variable in variables
    } == {
        "A": "b",
        "N": "1",
        "T": "true",
        "HOST": UNKNOWN,
        "FILLED": "y",
        "OPEN": UNKNOWN,
        "DOLLAR": "a$b",
    }
    assert [variable.reference for variable in variables] == ["", "", "", "host", "", "", ""]
    for variable in variables:
        assert text[slice(*variable.name_span)] == variable.name
    written = [text[slice(*variable.value_span)] for variable in variables]
    assert written[:3] == ["b", "1", "true"]
    assert written[3].startswith("HOST")
    assert written[4:] == ["${X:-y}", "${X}", "a$$b"]
    assert {variable.origin for variable in variables} == {EnvOrigin.COMPOSE}


def test_what_is_escaped_stands_under_the_whole_scalar() -> None:
    text = 'environment: ["A=\\"x\\""]'
    ((variable,), _) = read_env(read(text))
    assert text[slice(*variable.value_span)] == '"A=\\"x\\""'
    assert isinstance(variable.value, Known)
    assert variable.value.value == '"x"'


@pytest.mark.parametrize(
    "text", ["env_file: .env", "extends: {service: b}", "environment: ${X}", "environment: x"]
)
def test_more_variables_may_be_set(text: str) -> None:
    assert read_env(read(text)) == ((), False)


def test_nothing_set_is_complete() -> None:
    assert read_env(read("environment:")) == read_env(read("image: a")) == ((), True)
    assert read_settings(read("a: b")["args"], EnvOrigin.BUILD_ARG) == ()


@pytest.mark.parametrize("item", ["${NAME}=x", "=x", "{}", ""])
def test_an_item_whose_name_is_not_known_leaves_the_list_open(item: str) -> None:
    (variable,), complete = read_env(read(f"environment:\n- A=b\n- {item}\n"))
    assert (variable.name, complete) == ("A", False)


def test_a_name_may_be_filled_in() -> None:
    text = 'environment: ["${N:-A=B}=c", "${P:-X}_Y=${Q:-d=e}"]'
    variables, complete = read_env(read(text))
    assert complete
    found = [(one.name, one.value) for one in variables]
    assert [(name, fact.value) for name, fact in found if isinstance(fact, Known)] == [
        ("A=B", "c"),
        ("X_Y", "d=e"),
    ]
