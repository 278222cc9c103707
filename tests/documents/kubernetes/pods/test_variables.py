from __future__ import annotations

import pytest

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.source import Span
from imagelint.documents.kubernetes.pods.variables import expand, read_env, script_text
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import Scalar, load_yaml

TEXT = """\
env:
- name: MODEL
  value: m
- {name: COUNT, value: 2}
- {name: EMPTY}
- {name: NONE, value: null}
- {name: KEY, valueFrom: {secretKeyRef: {name: a, key: b}}}
- {name: ODD, valueFrom: x}
- {name: FLAG, value: "--model=$(MODEL) $$(MODEL) $X"}
- {name: LATE, value: $(KEY)}
- {name: FOREIGN, value: $(LWS_LEADER_ADDRESS)}
- {name: FILLED, value: "{{ x }}"}
"""


def read(text: str) -> Cursor:
    (node,) = load_yaml(text)
    return Cursor(node)


def test_values_are_literal_expanded_or_unknown() -> None:
    variables, complete = read_env(read(TEXT))
    assert complete
    values = {
        variable.name: variable.value.value if isinstance(variable.value, Known) else UNKNOWN
        for variable in variables
    }
    assert values == {
        "MODEL": "m",
        "COUNT": "2",
        "EMPTY": "",
        "NONE": "",
        "KEY": UNKNOWN,
        "ODD": UNKNOWN,
        "FLAG": "--model=m $(MODEL) $X",
        "LATE": UNKNOWN,
        "FOREIGN": UNKNOWN,
        "FILLED": UNKNOWN,
    }
    assert [variable.reference for variable in variables][4:6] == ["secretKeyRef", ""]
    first = variables[0]
    assert TEXT[slice(*first.span)] == "name: MODEL\n  value: m"
    assert TEXT[slice(*first.name_span)] == "MODEL"
    assert TEXT[slice(*first.value_span)] == "m"
    assert first.path == "env[0]"
    assert TEXT[slice(*variables[4].value_span)].startswith("{secretKeyRef")


@pytest.mark.parametrize(
    "text",
    [
        "envFrom: [{secretRef: {name: a}}]",
        "env: '{{ x }}'",
        "env: [{name: '{{ x }}', value: a}]",
        "env: [{value: a}]",
        "env: [a]",
    ],
)
def test_other_variables_may_be_set(text: str) -> None:
    assert read_env(read(text)) == ((), False)


def test_nothing_set_is_complete() -> None:
    assert read_env(read("image: a")) == read_env(read("env:")) == ((), True)


def test_a_value_that_grows_without_end_is_unknown() -> None:
    known: dict[str, Fact[str]] = {"A": Known("x" * 60_000)}
    assert expand(Known("$(A)$(A)"), known) is UNKNOWN


def test_scripts_keep_what_is_the_shells_own() -> None:
    scalar = Scalar(Span(0, 1), "", "", plain=False)
    known: dict[str, Fact[str]] = {"M": Known("m"), "K": UNKNOWN}

    def value(text: str) -> str | None:
        written = script_text(scalar._replace(value=text), known)
        return written and written.text

    assert value("serve $(M) ${HOME} $(date) $(K) $$(M)") == "serve m ${HOME} $(date) $(K) $$(M)"
    assert value("serve {{ x }}") is None
