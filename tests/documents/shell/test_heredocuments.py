"""Tests of here-documents that are taken out of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.source import Span
from imagelint.documents.shell.heredocuments import alone, lift
from imagelint.documents.shell.read import read_script
from imagelint.documents.shell.script import Script, ScriptRole

ALPHABET = st.sampled_from(
    [
        *("<<A", "<<-B", "<<'A'", "\n", "A\n", "\tB\n", "x", " ", ";", "|", "'", '"', "#"),
        *("((", "))", "<<<", "\\", "$", ">y"),
    ]
)


def read(text: str) -> Script:
    return read_script(text, Span(7, 7 + len(text)), ScriptRole.RUN)


def summary(script: Script) -> list[str]:
    return [
        " ".join(word.text for word in command.words)
        + "".join(f" {r.operator}{r.target.raw if r.target else ''!r}" for r in command.redirects)
        for command in script.commands
    ]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("cat <<E >> y | g\n1\nE\n", ["cat <<'1\\n' >>'y'", "g"]),
        ("<<E > y; b\n1\nE\n", [" <<'1\\n' >'y'", "b"]),
        ("<<E > y cat; b\n1\nE\nc", ["cat <<'1\\n' >'y'", "b", "c"]),
        ("cat <<A; cat <<B\n1\nA\n2\nB\nc", ["cat <<'1\\n'", "cat <<'2\\n'", "c"]),
        ("cat <<A <<-B\n1\nA\n2\n\tB\nc", ["cat <<'1\\n' <<-'2\\n'", "c"]),
        ("cat <<A | b <<'B'\n1\nA\n2\nB\n", ["cat <<'1\\n'", "b <<'2\\n'"]),
        ("a 3<<E 2>/dev/null; b\n(\nE\nc", ["a <<'(\\n' 2>'/dev/null'", "b", "c"]),
        ("{ cat <<E; }\n1\nE\nb", ["cat <<'1\\n'", "b"]),
        ("(cat <<E)\n1\nE\nb", ["cat <<'1\\n'", "b"]),
        ("if a <<E; then b; fi\n1\nE\nc", ["a <<'1\\n'", "b", "c"]),
        ("a <<E &\n1\nE\nc", ["a <<'1\\n'", "c"]),
        ("for x in a; do c; done <<E >> y | d\n1\nE\ne", ["c >>'y'", "d", "e"]),
        ("echo $((1<<2)) '<<A' # <<A\n{ cat <<E; }\n1\nE", ["echo $((1<<2)) <<A", "cat <<'1\\n'"]),
    ],
)
def test_here_documents_may_stand_anywhere_on_a_line(text: str, commands: list[str]) -> None:
    script = read(text)
    assert script.readable
    assert summary(script) == commands


def test_a_shell_reads_its_here_document_among_others() -> None:
    text = "cat <<A > f; bash <<B\n1\nA\ncurl x | sh\nB\n"
    script = read(text)
    programs = [(command.program, command.nested) for command in script.commands]
    assert programs == [("cat", False), ("bash", False), ("curl", True), ("sh", True)]
    for command in script.commands:
        for word in command.words:
            assert text[word.span.start - 7 : word.span.end - 7] == word.raw


@pytest.mark.parametrize(
    ("delimiter", "found"), [("E", ["cat", "b", "whoami"]), ("'E'", ["cat", "b"])]
)
def test_what_a_body_substitutes_runs(delimiter: str, found: list[str]) -> None:
    script = read(f"cat <<{delimiter} > f; b\n1 $(whoami)\nE\n")
    assert sorted(command.program for command in script.commands) == sorted(found)
    assert script.readable


@pytest.mark.parametrize("text", ["a", "a <<E", "a <<E\n1\n", "a <<<E\n", "a '<<E'\nE\n"])
def test_nothing_is_lifted_without_a_whole_here_document(text: str) -> None:
    assert lift(text) is None


@given(st.lists(ALPHABET, max_size=20).map("".join))
def test_a_lifted_text_is_as_long(text: str) -> None:
    lifted = lift(text)
    if lifted is None:
        return
    assert len(lifted.text) == len(text)
    for start, document in lifted.documents.items():
        assert text[start : start + len(document.operator)] == document.operator
        begin, end = document.body
        assert lifted.text[begin:end].isspace() or begin == end
        only = alone(text, document)
        assert not only or only[begin:] == text[begin : document.end]


@given(st.lists(ALPHABET, max_size=12).map("".join))
def test_reading_never_fails(text: str) -> None:
    read(text)
