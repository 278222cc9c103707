"""What holds for every text whatever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imagelint.core.source import Source, Span
from imagelint.documents.dockerfile.model import Instruction, Stage
from imagelint.documents.dockerfile.reading import parse_dockerfile
from imagelint.documents.dockerfile.syntax.source import read_layout
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.shell.script import Script
from tests.documents.dockerfile.files import dockerfiles, mutated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.dockerfile.document import Dockerfile
    from imagelint.documents.shell.script import Word

_many = settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
_texts = st.one_of(
    st.text(max_size=60),
    st.text("FROMRUNENV \\\n`#<'\"$a{}:-=[]\r\t", max_size=80),
    dockerfiles(),
    mutated(dockerfiles()),
)


def _read(text: str) -> Dockerfile:
    return parse_dockerfile(Source("Dockerfile", text))


def _words(document: Dockerfile) -> Iterator[Word]:
    for instruction in document.instructions:
        yield from instruction.words
        if instruction.onbuild:
            yield from instruction.onbuild.words


@_many
@given(_texts)
def test_every_text_is_read_and_every_span_lies_within(text: str) -> None:
    document = _read(text)
    whole = Span(0, len(text))
    spans = [node.span for node in document.walk()]
    spans += [
        span for allowance in document.allowances for span in (allowance.scope, allowance.span)
    ]
    spans += [word.span for word in _words(document)]
    spans += list(document.concealed())
    assert all(whole.covers(span) and span.start <= span.end for span in spans)


@_many
@given(_texts)
def test_slices_reproduce_words_flags_and_bodies(text: str) -> None:
    document = _read(text)
    for word in _words(document):
        assert text[word.span.start : word.span.end] == word.raw
    for instruction in document.instructions:
        for flag in instruction.flags:
            assert text[flag.span.start : flag.span.end] == flag.raw
            assert flag.span.covers(flag.value_span)
        for heredoc in instruction.heredocs:
            span = heredoc.content_span
            assert text[span.start : span.end] == heredoc.content
            assert "<<" in text[heredoc.span.start : heredoc.span.end]


@_many
@given(_texts)
def test_nodes_stand_in_order_and_within_their_instruction(text: str) -> None:
    document = _read(text)
    ends = 0
    current = Span(0, 0)
    nodes = list(document.nodes())
    if document.frontend is not None:
        assert nodes.pop(0) is document.frontend
        assert all(node.span.start > document.frontend.span.end for node in nodes)
    for node in nodes:
        if isinstance(node, Instruction) and not current.covers(node.span):
            assert node.span.start >= ends
            ends, current = node.span.end, node.span
        elif not isinstance(node, ServingCommand) and node.span.start >= ends:
            following = [span.span for span in document.instructions if span.span.start >= ends]
            assert following[0].covers(node.span)
        elif not isinstance(node, ServingCommand):
            assert current.covers(node.span)


@_many
@given(_texts)
def test_scripts_are_as_long_as_what_is_written(text: str) -> None:
    for node in _read(text).nodes():
        if isinstance(node, Script):
            assert len(node.text) == node.span.end - node.span.start
            assert all(node.span.covers(command.span) for command in node.commands)


@_many
@given(_texts)
def test_lines_and_stages_fit_the_text(text: str) -> None:
    document = _read(text)
    source = document.source
    for instruction in document.instructions:
        assert source.position(instruction.span.start).line >= instruction.start_line
        assert source.position(instruction.span.end).line <= instruction.end_line + 1
    owned = [entry for stage in document.stages for entry in stage.instructions]
    assert [entry for entry in document.instructions if entry.stage >= 0] == owned
    assert sum(isinstance(node, Stage) for node in document.nodes()) == len(document.stages)


@_many
@given(_texts)
def test_no_instruction_is_lost_on_the_way_through_dockerfile_parse(text: str) -> None:
    layout = read_layout(text)
    assert all(line.keyword for line in layout.lines)
    assert len({line.first for line in layout.lines}) == len(layout.lines)
    assert len(_read(text).instructions) == len(layout.lines)


@_many
@given(_texts)
def test_line_endings_change_places_only(text: str) -> None:
    unix = text.replace("\r", "")
    windows = unix.replace("\n", "\r\n")
    first, second = _read(unix), _read(windows)
    assert [entry.keyword for entry in first.instructions] == [
        entry.keyword for entry in second.instructions
    ]
    assert [entry.arguments for entry in first.instructions] == [
        entry.arguments for entry in second.instructions
    ]
    for one, other in zip(_scripts(first), _scripts(second), strict=True):
        if one.readable and other.readable:
            programs = [command.program for command in one.commands]
            assert programs == [command.program for command in other.commands]


def _scripts(document: Dockerfile) -> list[Script]:
    return [node for node in document.nodes() if isinstance(node, Script)]


@pytest.mark.parametrize(
    "text",
    [
        "FROM scratch\nENV a=aaaaaaaa\n" + "ENV a=$a$a\n" * 500,
        "FROM a\nENV a=" + "${a:-" * 20_000,
        "FROM a\n" + "ONBUILD " * 5_000,
        "FROM a\nCMD " + "[" * 20_000,
        "FROM a\nRUN " + "b \\\n" * 20_000,
        "FROM a\nRUN " + "<<a " * 2_000 + "\n" + "b\n" * 20_000,
        "FROM a\nENV a=" + "\\" * 100_000,
        "FROM a\n" + "".join(f"EXPOSE {port}\n" for port in range(5_000)),
        "# check" + " " * 100_000 + "x",
        "\ufeff",
        "",
    ],
    ids=lambda text: text[7:20],
)
def test_hostile_texts_are_read_in_no_time(text: str) -> None:
    document = _read(text)
    assert len(list(document.walk())) >= 1
