from __future__ import annotations

import pytest

from imagelint.documents.complaints import (
    DuplicateDirective,
    InvalidEscapeDirective,
    UnterminatedHereDocument,
)
from imagelint.documents.dockerfile.syntax.source import read_layout
from tests.documents.dockerfile.reader import complaints, read


def _lines(text: str) -> list[tuple[str, str, int, int]]:
    return [
        (line.keyword, line.text, line.first + 1, line.last + 1) for line in read_layout(text).lines
    ]


def test_lines_are_joined_as_buildkit_joins_them() -> None:
    text = "FROM a\nrun a \\\n# c\n\n  && b\\ \n\tc\nUSER d"
    assert _lines(text) == [
        ("FROM", "FROM a", 1, 1),
        ("RUN", "run a   && b\tc", 2, 6),
        ("USER", "USER d", 7, 7),
    ]


def test_a_continuation_that_is_open_at_the_end_is_closed() -> None:
    assert _lines("RUN a \\") == [("RUN", "RUN a ", 1, 1)]
    assert _lines("RUN a \\\n# b\n\n") == [("RUN", "RUN a ", 1, 3)]


def test_a_doubled_escape_character_continues_nothing() -> None:
    assert _lines("RUN a \\\\\nUSER b") == [("RUN", "RUN a \\\\", 1, 1), ("USER", "USER b", 2, 2)]


def test_an_instruction_may_begin_behind_an_empty_continued_line() -> None:
    assert _lines("\\\n\\\nRUN a") == [("RUN", "RUN a", 1, 3)]
    assert _lines("\\\n\\\n") == []


def test_a_lone_keyword_is_an_instruction() -> None:
    assert _lines("RUN") == [("RUN", "RUN", 1, 1)]


def test_names_that_dockerfile_parse_cannot_read_are_kept() -> None:
    assert _lines("b\u2028 c\n") == [("B\u2028", "b\u2028 c", 1, 1)]
    assert _lines("rün a\nRUN\xa0b c\nCOMMENT d") == [
        ("RÜN", "rün a", 1, 1),
        ("RUN\xa0B", "RUN\xa0b c", 2, 2),
        ("COMMENT", "COMMENT d", 3, 3),
    ]


def test_long_continuations_are_joined_whole() -> None:
    text = "RUN a" + " \\\n b" * 3_000 + "\nUSER c"
    (_, joined, first, last), user = _lines(text)
    assert (joined.count("b"), first, last) == (3_000, 1, 3_001)
    assert user == ("USER", "USER c", 3_002, 3_002)


def test_joined_text_leads_back_to_the_original() -> None:
    text = "RUN a\\\n# c\nb\\\n c"
    line = read_layout(text).lines[0]
    assert line.text == "RUN ab c"
    span = line.original(4, 6)
    assert text[span.start : span.end] == "a\\\n# c\nb"
    assert line.original(5, 5).start == text.index("b")


@pytest.mark.parametrize(
    ("text", "directives", "escape"),
    [
        ("# escape=`\nFROM a", {"escape": "`"}, "`"),
        ("#ESCAPE = ` \nFROM a", {"escape": "`"}, "`"),
        ("\ufeff# escape=`\r\nFROM a", {"escape": "`"}, "`"),
        ("# syntax=a/b:1\n# escape=`", {"syntax": "a/b:1", "escape": "`"}, "`"),
        ("# check=skip=all;b\n# escape=`", {"check": "skip=all;b", "escape": "`"}, "`"),
        ("# a comment\n# escape=`\nFROM a", {}, "\\"),
        ("\n# escape=`\nFROM a", {}, "\\"),
        ("FROM a\n# escape=`\n", {}, "\\"),
        ("# other=1\n# escape=`\nFROM a", {}, "\\"),
        ("# escape=\nFROM a", {}, "\\"),
        ("# escape=\\\nFROM a", {"escape": "\\"}, "\\"),
    ],
)  # fmt: skip
def test_directives_stand_in_the_first_lines(
    text: str, directives: dict[str, str], escape: str
) -> None:
    assert read(text).directives == directives
    assert read_layout(text).escape == escape


def test_a_directive_may_be_given_once() -> None:
    text = "# escape=`\n# escape=\\\nFROM a\n"
    (complaint,) = read(text).complaints
    assert (type(complaint), complaint.subject) == (DuplicateDirective, "escape")
    assert complaints(text) == [("# escape=\\", "only one escape directive can be used")]
    assert read_layout(text).escape == "`"


def test_only_two_characters_can_escape() -> None:
    text = "# escape=x\nRUN a\\\nb\nFROM c\n"
    complaint = read(text).complaints[0]
    assert (type(complaint), complaint.subject) == (InvalidEscapeDirective, "x")
    assert complaints(text)[0] == ("# escape=x", "the escape character cannot be x")
    assert read(text).instructions[0].value == "ab"


@pytest.mark.parametrize(
    ("word", "name", "expand", "chomp"),
    [
        ("<<EOF", "EOF", True, False),
        ("<<-EOF", "EOF", True, True),
        ("<<'EOF'", "EOF", False, False),
        ('<<-"EOF"', "EOF", False, True),
        ("<<E'O'F", "EOF", False, False),
        ("3<<EOF", "EOF", True, False),
        ("<< EOF", "EOF", True, False),
        ('<<"E O F"', "E O F", False, False),
        ("<<$EOF", "$EOF", True, False),
    ],
)
def test_all_forms_of_here_documents_are_read(
    word: str,
    name: str,
    expand: bool,  # noqa: FBT001 - a parameter of a table
    chomp: bool,  # noqa: FBT001 - a parameter of a table
) -> None:
    text = f"FROM a\nCOPY {word} /b\n\tFROM x\\\n{name} \n{name}\nUSER c\n"
    _, copy, user = read(text).instructions
    (heredoc,) = copy.heredocs
    assert (heredoc.name, heredoc.expand, heredoc.chomp) == (name, expand, chomp)
    assert heredoc.content == f"\tFROM x\\\n{name} \n"
    assert text[heredoc.span.start : heredoc.span.end] == word
    assert heredoc.terminated
    assert (copy.start_line, copy.end_line, user.start_line) == (2, 5, 6)


def test_several_here_documents_follow_each_other() -> None:
    text = "COPY <<-A <<B /c\n\ta\n\tA\nb\nB\nRUN d\n"
    copy, run = read(text).instructions
    assert [heredoc.content for heredoc in copy.heredocs] == ["\ta\n", "b\n"]
    assert run.value == "d"


@pytest.mark.parametrize(
    "text",
    [
        'RUN ["<<EOF"]\n',
        "CMD cat <<EOF\n",
        "ENV a=<<EOF\n",
        "RUN echo '<<EOF'\n",
        "RUN echo \"'<<EOF\n",
        "RUN a <<\n",
        "RUN a <<'E\n",
        "RUN a<<EOF\n",
        "RUN cat <<<EOF\n",
        "RUN echo $((1<<2))\n",
        "RUN <<${A:-'}\n",
        "RUN <<${A:-b c}\n",
    ],
)
def test_what_only_looks_like_a_here_document_is_none(text: str) -> None:
    assert len(read(text + "USER b\n").instructions) == 2


def test_an_unterminated_here_document_goes_to_the_end() -> None:
    text = "FROM a\nRUN <<EOF cat <<B\nx\nUSER b"
    document = read(text)
    assert [heredoc.content for heredoc in document.instructions[1].heredocs] == ["x\nUSER b", ""]
    assert not document.instructions[1].heredocs[0].terminated
    (complaint,) = document.complaints
    assert (type(complaint), complaint.subject) == (UnterminatedHereDocument, "EOF")
    assert complaints(text) == [("<<EOF", "the here-document EOF is not ended")]


def test_only_what_is_open_is_complained_about() -> None:
    text = "RUN <<A cat <<B\nx\nA\ny"
    assert complaints("FROM a\n" + text) == [("<<B", "the here-document B is not ended")]


def test_any_number_of_here_documents_is_read() -> None:
    words, bodies = "<<a " * 3_000, "a\n" * 3_000
    document = read(f"FROM a\nRUN {words}\n{bodies}USER b\n")
    assert len(document.instructions[1].heredocs) == 3_000
    assert document.instructions[2].keyword == "USER"
    assert document.complaints == ()


def test_onbuild_holds_here_documents_too() -> None:
    document = read("ONBUILD RUN <<EOF\na\nEOF\nUSER b\n")
    onbuild = document.instructions[0].onbuild
    assert onbuild is not None
    assert onbuild.heredocs[0].content == "a\n"
    assert len(document.instructions) == 2
