"""Dockerfiles of which only a compose file tells, and what is said about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.compose.document import ComposeFile, parse_compose
from imagelint.documents.project import Project
from imagelint.engine.examine import Examination
from imagelint.policy.model import Policy, RuleSetting
from imagelint.rules.catalog import names

if TYPE_CHECKING:
    import pytest

INLINE = """\
services:
  app:
    build:
      dockerfile_inline: |
        FROM ubuntu:24.04
        ENV API_KEY=supersecretvalue1
        RUN echo $$HOME
"""


def read(text: str, **others: str) -> ComposeFile:
    texts = {name.replace("__", "/").replace("_", "."): found for name, found in others.items()}
    return parse_compose(Source("app/compose.yaml", text), texts.get)


def test_what_stands_in_the_file_has_its_places_there() -> None:
    document = read(INLINE)
    (found,) = document.embedded
    assert found.mapped is not None
    assert found.mapped.text.endswith("RUN echo $HOME\n")
    assert found.path == "services.app.build.dockerfile_inline"
    assert "supersecretvalue1" in {document.written(span) for span in document.concealed()}


def test_what_is_said_about_it_stands_there_and_hides_secrets() -> None:
    policy = Policy(rules={name: RuleSetting("on") for name in names()})
    report = Examination(policy)(read(INLINE), Project())
    found = {one.rule: one for one in report.findings}
    place = found["secret-in-build"].location
    assert (place.origin, place.start.line) == ("app/compose.yaml", 6)
    assert "supersecretvalue1" not in str(place.excerpt)
    assert found["root-user"].location.start == (5, 14)
    assert [one.kind for one in report.examined] == ["compose"]


def test_a_name_that_says_nothing_is_examined_once() -> None:
    text = "services:\n  a: {build: {context: lib, dockerfile: app.txt}}\n"
    text += "  b: {build: {context: lib, dockerfile: app.txt}}\n"
    document = read(text, lib__app_txt="FROM ubuntu:24.04\n")
    (found,) = document.embedded
    assert found.mapped is None
    assert (found.document.source.origin, found.document.kind) == ("app/lib/app.txt", "dockerfile")
    assert "lib/app.txt" in document.asked


def test_what_is_found_by_its_name_is_left_to_that() -> None:
    text = "services: {a: {build: {dockerfile: web.Dockerfile}}, b: {build: .}}"
    assert read(text, web_Dockerfile="FROM a\n").embedded == ()
    assert read("services: {a: {build: {dockerfile: gone.txt}}}").embedded == ()


def test_another_language_is_told() -> None:
    text = 'services: {a: {build: {dockerfile_inline: "# syntax=x/y\\nFROM a\\n"}}}'
    document = read(text)
    (gap,) = document.gaps
    assert (gap.kind, document.embedded) == (ProblemKind.UNPARSABLE, ())
    assert gap.message.startswith("the Dockerfile of `a`: ")
    assert gap.span is not None


def test_builds_of_a_file_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imagelint.documents.compose.project.builds._MOST", 2)
    services = "".join(f"  s{n}: {{build: {{dockerfile_inline: FROM a}}}}\n" for n in range(4))
    document = read(f"services:\n{services}")
    assert len(document.embedded) == 2
    (gap,) = document.gaps
    assert (gap.kind, gap.message) == (
        ProblemKind.TOO_LARGE,
        "more than 2 Dockerfiles of one file are not examined",
    )
    assert document.source.line(4).startswith("  s2")
    assert gap.span is not None
    assert document.source.position(gap.span.start).line == 4
