from __future__ import annotations

from imagelint.documents.queries.secrets.arguments import is_before_run, names_in, takes_argument
from imagelint.documents.shared import EnvVar
from tests.documents.queries.dockerfiles import dockerfile

DOCUMENT = dockerfile(
    "ARG OUTER",
    "FROM alpine:3.20",
    "ARG TOKEN",
    "ENV A=$TOKEN B=$LATER",
    "RUN echo ${TOKEN:-x} $OUTER",
    "ARG LATER",
    "ONBUILD RUN echo $LATER",
    "FROM alpine:3.20",
    'RUN ["true"]',
)
VARIABLES = {node.name: node for node in DOCUMENT.walk() if isinstance(node, EnvVar)}


def test_names_are_read_with_and_without_braces() -> None:
    assert names_in("$A ${B:-c} \\D $1") == {"A", "B"}


def test_a_variable_takes_an_argument_that_is_declared_before_it() -> None:
    assert takes_argument(DOCUMENT, VARIABLES["A"])
    assert not takes_argument(DOCUMENT, VARIABLES["B"])


def test_an_argument_is_in_the_history_of_a_run_behind_it_in_its_own_stage() -> None:
    assert is_before_run(DOCUMENT, VARIABLES["TOKEN"])
    assert not is_before_run(DOCUMENT, VARIABLES["LATER"])
    assert not is_before_run(DOCUMENT, VARIABLES["OUTER"])
