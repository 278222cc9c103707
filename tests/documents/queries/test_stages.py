from __future__ import annotations

from imagelint.core.source import Source, Span
from imagelint.documents.base import Document
from imagelint.documents.queries import stages
from tests.documents.queries.dockerfiles import dockerfile, scripts

DOCUMENT = dockerfile(
    "ARG A=1",
    "FROM alpine:3.20 AS base",
    "ENV X=1",
    "FROM alpine:3.20 AS other",
    "SHELL ['/bin/bash', '-c']".replace("'", '"'),
    "FROM base",
    "WORKDIR /srv",
    "ENV X=2",
    "RUN X=3 true",
)


def test_a_place_lies_in_the_last_stage_that_begins_before_it() -> None:
    run = scripts(DOCUMENT)[0]
    assert stages.enclosing_stage(DOCUMENT, run.span) is DOCUMENT.stages[2]
    assert stages.enclosing_stage(DOCUMENT, Span(0, 3)) is None


def test_the_chain_ends_at_the_outside_image() -> None:
    assert [part.index for part in stages.chain(DOCUMENT, DOCUMENT.stages[2])] == [2, 0]


def test_settings_hold_behind_them_and_in_stages_built_upon_them() -> None:
    run, final = scripts(DOCUMENT)[0], DOCUMENT.stages[2]
    found = [*stages.set_before(DOCUMENT, final, ["X"], run.span)]
    assert [DOCUMENT.source.text[each.span.start : each.span.end] for each in found] == [
        "X=1",
        "X=2",
    ]
    assert len([*stages.set_before(DOCUMENT, final, ["X"], found[1].span)]) == 1


def test_a_working_directory_is_in_force_behind_it_and_upon_its_stage() -> None:
    document = dockerfile(
        "FROM alpine:3.20 AS base",
        "ENV X=1",
        "WORKDIR /srv",
        "FROM base AS upon",
        "FROM alpine:3.20 AS other",
        "FROM upon",
    )
    before, own = (each.span for each in document.stages[0].instructions[1:])
    base, upon, other, last = document.stages
    assert not stages.workdir_before(document, base, before)
    assert not stages.workdir_before(document, base, own)
    assert stages.workdir_before(document, base, Span(own.end, own.end))
    assert stages.workdir_before(document, upon, upon.span)
    assert not stages.workdir_before(document, other, other.span)
    assert stages.workdir_before(document, last, last.span)


def test_a_shell_is_chosen_only_where_the_stage_sees_it() -> None:
    chosen = [stages.shell_chosen(DOCUMENT, stage) for stage in DOCUMENT.stages]
    assert chosen == [False, True, False]


def test_other_documents_have_no_stages() -> None:
    other = Document(Source("x", "y"))
    assert stages.stages(other) == ()
    assert stages.server_of(other) is None
    assert stages.base_word(other, DOCUMENT.stages[0]) is DOCUMENT.stages[0]


def test_the_base_word_is_what_from_names() -> None:
    span = stages.base_word(DOCUMENT, DOCUMENT.stages[2]).span
    assert DOCUMENT.source.text[span.start : span.end] == "base"
