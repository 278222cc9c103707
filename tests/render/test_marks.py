"""Of which lines of its templates each line was made that a chart renders to."""

from __future__ import annotations

import re

import pytest

from imagelint.render.marks import TemplateLines, filled, marked, places


def lines_of(template: str, made: str, made_marked: str | None = None) -> list[int | None]:
    """The line of the template for each line that was made.

    In `made` a number behind `«` stands where a template's line ended, as helm copies its mark.
    """
    plain = re.sub("«[0-9]+»", "", made)
    source = made if made_marked is None else made_marked
    with_marks = re.sub("«([0-9]+)»", r"#@0:\1@", source)
    found = filled(places(plain, with_marks), [TemplateLines.of(template)], plain)
    return [mark.line if mark else None for mark in found]


def test_marks_stand_behind_what_has_text_of_its_own() -> None:
    template = "a: 1\n{{- if .x }}\nb: {{ .y }}\n---\nc: {{ .z -}}\n"
    assert marked(template, 3) == (
        "a: 1#@3:1@\n{{- if .x }}\nb: {{ .y }}#@3:3@\n---\nc: {{ .z -}}\n"
    )


def test_an_action_over_lines_is_marked_at_its_end() -> None:
    template = "image: '{{ .a }}/{{ .b\n  }}:{{ .c }}'\nr: {{ toYaml .r\n  }}\n"
    assert marked(template, 0) == (
        "image: '{{ .a }}/{{ .b\n  }}:{{ .c }}'#@0:2@\nr: {{ toYaml .r\n  }}#@0:4@\n"
    )


def test_the_end_of_a_comment_is_no_text() -> None:
    """`{{-` takes the end of the line before away: its mark would stand behind that line."""
    template = "password: {{ .p }}\n{{- /*\nwhy\n*/}}\nuser: {{ .u }}\n"
    assert marked(template, 0) == (
        "password: {{ .p }}#@0:1@\n{{- /*\nwhy\n*/}}\nuser: {{ .u }}#@0:5@\n"
    )


def test_what_one_line_makes_begins_at_its_own_text() -> None:
    template = (
        "period: 10\nresources: {{- toYaml .r | nindent 2 }}\nsecurity: {{- toYaml .s | nindent 2\n"
        "  }}\nimage: x\n"
    )
    made = (
        "period: 10«1»\nresources:\n  cpu: 1\n  memory: 2«2»\n"
        "security:\n  a: 1\n  b: 2«4»\nimage: x«5»"
    )
    assert lines_of(template, made) == [1, 2, 2, 2, 4, 4, 4, 5]


def test_what_an_action_made_before_is_not_the_next_lines() -> None:
    template = "env:\n{{- toYaml .env | nindent 0 }}\n- name: {{ .n }}\n"
    made = "env:«1»\n- name: a\n  value: b\n- name: c«3»"
    assert lines_of(template, made) == [1, 2, 2, 3]


@pytest.mark.parametrize(
    ("made", "again"),
    [
        ("data:«1»\nkey: abc", "data:«1»\nkey: xyz«2»"),
        ("data:«1»\n  - key: abc\nb: 1«3»", "data:«1»\n  - key: xyz«2»\nb: 1«3»"),
        ("data:«1»\nkey: abc\nkey: same«3»", "data:«1»\nkey: xyz«2»\nkey: same«3»"),
    ],
)
def test_what_is_random_has_the_mark_of_its_key(made: str, again: str) -> None:
    template = "data:\nkey: {{ randAlphaNum 8 }}\nb: 1\n"
    assert lines_of(template, made, again)[:2] == [1, 2]


def test_another_key_is_another_line() -> None:
    template = "data:\na: 1\n"
    assert lines_of(template, "data:«1»\nb: 1", "data:«1»\na: 1«2»") == [1, 1]


@pytest.mark.parametrize("part", ['"a" ', "`a` ", "{{ a ", '{{ "', "{{/* "])
def test_an_action_that_nobody_closes_is_read_once(part: str) -> None:
    """Each way to read a quotation doubled the work: thirty of them took for ever."""
    template = "a: 1\n{{ " + part * 50_000
    assert TemplateLines.of(template).takes_mark(1)
