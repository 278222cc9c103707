"""Scripts, commands and variables know where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.core.source import Source, Span
from imagelint.documents.base import Document
from imagelint.documents.compose.document import parse_compose
from imagelint.documents.dockerfile.reading import parse_dockerfile
from imagelint.documents.execution import UNKNOWN_PLACE, Phase
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.locate import Locator
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.documents.shell.script import Command, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.execution import ExecutionPlace

POD = """\
apiVersion: v1
kind: Pod
spec:
  containers:
  - image: a
    command: [sh, -c, "pip install b"]
    env: [{name: A, value: x}, {name: A, value: y}, {name: B, valueFrom: {}}]
    SECURITY
"""
COMPOSE = """\
services:
  s:
    image: a
    command: sh -c "pip install b"
    environment: {A: x}
    build: {context: ., args: {C: d}}
    USER
"""
DOCKERFILE = """\
FROM debian AS base
ENV A=1
ARG B=2
RUN first
ENV A=3
USER app
RUN second
FROM base
RUN third
ENV A=4
CMD fourth
FROM base AS other
RUN fifth
USER $X
RUN sixth
"""


def bare(fact: object) -> object:
    return fact.value if isinstance(fact, Known) else fact


def scripts(document: Document) -> dict[str, Script]:
    return {node.text: node for node in document.walk() if isinstance(node, Script)}


def pod(security: str = "") -> Document:
    return parse_manifest(Source("pod.yaml", POD.replace("SECURITY", security)))


def compose(user: str = "") -> Document:
    return parse_compose(Source("compose.yaml", COMPOSE.replace("USER", user)))


def dockerfile(text: str = DOCKERFILE) -> dict[str, Script]:
    return scripts(parse_dockerfile(Source("Dockerfile", text)))


def place_in(document: Document) -> ExecutionPlace:
    (script,) = scripts(document).values()
    return script.place


@pytest.mark.parametrize(
    ("document", "title", "advice"),
    [
        (pod(), "pod", "keep it in a Secret: `valueFrom: {secretKeyRef: {name: …, key: …}}`"),
        (compose(), "service", "use `secrets:`, or take it from the environment: `${K:?}`"),
    ],
)
def test_what_a_container_starts(document: Document, title: str, advice: str) -> None:
    place = place_in(document)
    assert (place.phase, place.title, place.again) == (Phase.START, title, "the next start")
    assert place.shipped
    assert place.secret_advice("K") == advice
    variables = [node for node in document.walk() if isinstance(node, EnvVar)]
    assert {one.place.title for one in variables if one.name == "A"} == {title}
    assert all(node.place is place for node in document.walk() if isinstance(node, Command))


def test_the_last_variable_of_a_container_counts() -> None:
    place = place_in(pod())
    assert bare(place.setting("A")) == "y"
    assert place.setting("B") is place.setting("HOME") is UNKNOWN
    assert bare(place_in(compose()).setting("A")) == "x"
    assert place_in(compose()).setting("HOME") is UNKNOWN


@pytest.mark.parametrize(
    ("security", "root"),
    [
        ("", UNKNOWN),
        ("securityContext: {runAsUser: 0}", True),
        ("securityContext: {runAsUser: 10}", False),
        ("securityContext: {runAsNonRoot: true}", False),
        ("securityContext: {runAsUser: '{{ x }}'}", UNKNOWN),
    ],
)
def test_who_runs_the_scripts_of_a_pod(security: str, root: object) -> None:
    assert bare(place_in(pod(security)).root) is root


@pytest.mark.parametrize(
    ("user", "root"),
    [
        ("", UNKNOWN),
        ("user: root", True),
        ("user: '0:0'", True),
        ("user: app", False),
        ("user: $X", UNKNOWN),
    ],
)
def test_who_runs_the_scripts_of_a_service(user: str, root: object) -> None:
    assert bare(place_in(compose(user)).root) is root


def test_the_arguments_of_a_build_are_a_part_of_it() -> None:
    variables = [node for node in compose().walk() if isinstance(node, EnvVar)]
    (argument,) = (one for one in variables if one.origin is EnvOrigin.BUILD_ARG)
    place = argument.place
    assert (place.phase, place.title, place.again) == (Phase.BUILD, "build", "the next build")
    assert place.shipped
    assert place.root is place.setting("C") is UNKNOWN
    assert "`K`" in place.secret_advice("K")


def test_a_step_knows_what_is_set_before_it() -> None:
    found = {text: script.place for text, script in dockerfile().items()}
    assert [bare(found[name].setting("A")) for name in ("first", "second", "third", "fourth")] == [
        "1",
        "3",
        "3",
        "4",
    ]
    assert bare(found["fifth"].setting("A")) == "3"
    assert bare(found["first"].setting("B")) == "2"
    assert found["first"].setting("C") is UNKNOWN
    # An argument of the build is not there when a container starts.
    assert found["fourth"].setting("B") is UNKNOWN
    assert dockerfile("FROM scratch\nRUN a\n")["a"].place.setting("A") is ABSENT


def test_a_step_knows_who_runs_it_and_whether_it_is_shipped() -> None:
    found = {text: script.place for text, script in dockerfile().items()}
    assert [bare(found[name].root) for name in ("first", "second", "fifth", "sixth")] == [
        UNKNOWN,
        False,
        False,
        UNKNOWN,
    ]
    assert [found[name].shipped for name in ("first", "third", "fifth")] == [True, False, True]
    assert bare(dockerfile("FROM scratch\nRUN a\n")["a"].place.root) is True


def test_steps_and_starts_of_an_image() -> None:
    step, start = dockerfile()["first"].place, dockerfile()["fourth"].place
    assert (step.phase, step.title, step.again) == (Phase.BUILD, "build step", "the next build")
    assert (start.phase, start.title, start.again) == (Phase.START, "image", "the next start")
    assert "env=K" in step.secret_advice("K")
    assert "`K`" in start.secret_advice("K")
    text = "FROM a\nONBUILD RUN K=v b\n"
    later = dockerfile(text)["K=v b"]
    assert (later.place.phase, later.place.root) == (Phase.BUILD, UNKNOWN)
    assert later.commands[0].assignments[0].place is later.place
    variables = parse_dockerfile(Source("Dockerfile", DOCKERFILE)).nodes()
    assert {one.place.phase for one in variables if isinstance(one, EnvVar)} == {Phase.BUILD}


def test_nothing_is_known_of_a_place_that_nobody_told() -> None:
    place = Command(Span(0, 0), "a", ()).place
    assert place is UNKNOWN_PLACE
    assert (place.phase, place.title, place.again) == (Phase.UNKNOWN, "script", "the next run")
    assert place.shipped
    assert place.root is place.setting("A") is UNKNOWN
    assert "`K`" in place.secret_advice("K")


class Settings(Document):
    """A new kind of document: lines of NAME=value."""

    kind = "settings"

    def nodes(self) -> Iterator[Node]:
        """One variable a line."""
        at = 0
        for line in self.source.text.splitlines(keepends=True):
            name, equals, value = line.rstrip("\n").partition("=")
            start, end = at, at + len(line.rstrip("\n"))
            value_span = Span(end - len(value), end) if equals else Span(start, end)
            fact = Known(value) if equals else ABSENT
            name_span = Span(start, start + len(name))
            yield EnvVar(Span(start, end), name, fact, EnvOrigin.ENV, name_span, value_span)
            at += len(line)


def test_a_new_kind_of_document_conceals_its_secrets() -> None:
    text = "MODE=open\nAPP_PASSWORD=quietly\nAPI_KEY\nDB_PASSWORD=\n"
    document = Settings(Source("settings", text))
    assert [text[slice(*span)] for span in document.concealed()] == ["quietly"]
    location = Locator(document).locate(next(document.nodes())._replace(span=Span(0, 30)))  # type: ignore[attr-defined]
    assert location.excerpt is not None
    assert "quietly" not in "".join(location.excerpt.lines)


def test_a_reference_to_a_secret_is_none() -> None:
    text = POD.replace("SECURITY", "").replace("valueFrom: {}", "valueFrom: {secretKeyRef: {}}")
    document = parse_manifest(Source("pod.yaml", text.replace("name: B", "name: API_KEY")))
    assert list(document.concealed()) == []
