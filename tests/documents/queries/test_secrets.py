from __future__ import annotations

from imagelint.documents.queries.secrets.arguments import names_in, takes_argument, used_by_script
from imagelint.documents.shared import EnvVar
from tests.documents.queries.dockerfiles import dockerfile

DOCUMENT = dockerfile(
    "ARG OUTER",
    "FROM alpine:3.20",
    "ARG TOKEN",
    "ENV A=$TOKEN B=$LATER",
    "ARG LATER",
    "RUN echo ${TOKEN:-x} $OUTER",
)
VARIABLES = {node.name: node for node in DOCUMENT.walk() if isinstance(node, EnvVar)}


def test_names_are_read_with_and_without_braces() -> None:
    assert names_in("$A ${B:-c} \\D $1") == {"A", "B"}


def test_a_variable_takes_an_argument_that_is_declared_before_it() -> None:
    assert takes_argument(DOCUMENT, VARIABLES["A"])
    assert not takes_argument(DOCUMENT, VARIABLES["B"])


def test_an_argument_is_used_by_a_script_of_its_own_stage() -> None:
    assert used_by_script(DOCUMENT, VARIABLES["TOKEN"])
    assert not used_by_script(DOCUMENT, VARIABLES["LATER"])
    assert not used_by_script(DOCUMENT, VARIABLES["OUTER"])
