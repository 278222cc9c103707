from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Known, value_or
from imagelint.documents import complaints as c
from imagelint.documents.dockerfile.model import Flag, Instruction
from imagelint.documents.shared import EnvOrigin, EnvVar
from tests.documents.dockerfile.reader import complaints, nodes, read, under

if TYPE_CHECKING:
    from imagelint.documents.base import Complaint

NOT_STRINGS = "an array in JSON form may hold strings only"
THREE_WORDS = "FROM takes an image, or an image AS a name"
UNSUPPORTED = "unsupported modifier in the substitution ${a"
JSON_WANTED = "SHELL takes its words in JSON form"
CMD_OR_NONE = "HEALTHCHECK takes CMD and a command, or NONE"
NOT_KEPT = "ONBUILD {} is not allowed"


def _last(text: str) -> Instruction:
    return read(text).instructions[-1]


def _flag(text: str, name: str) -> Flag:
    flag = _last(text).flag(name)
    assert flag is not None
    return flag


@pytest.mark.parametrize(
    ("line", "arguments", "json"),
    [
        ("RUN a  b", ("a  b",), False),
        ('RUN ["a", "b c"]', ("a", "b c"), True),
        ("RUN ['a']", ("['a']",), False),
        ('RUN ["a",]', ('["a",]',), False),
        ('RUN ["a"] b', ('["a"] b',), False),
        ("RUN []", (), True),
        ('RUN ["\\u00e9\\n\\"", "\\ud800"]', ('é\n"', "\ufffd"), True),
        ("RUN [NaN]", ("[NaN]",), False),
        ("COPY a   b\tc", ("a", "b", "c"), False),
        ('COPY ["a b", "c"]', ("a b", "c"), True),
        ("ENV a=b c='d e' f=g\\ h", ("a", "b", "c", "'d e'", "f", "g\\ h"), False),
        ('ENV a="b c"', ("a", '"b c"'), False),
        ("ENV a   b  c ", ("a", "b  c"), False),
        ("ENV a=b=c d=", ("a", "b=c", "d", ""), False),
        ("ENV a='b\\\v", ("a", "'b\\"), False),
        ('ENV a="b\\\v', ("a", '"b'), False),
        ("ARG a b=c", ("a", "b=c"), False),
        ('LABEL a.b=c "d e"=f', ("a.b", "c", '"d e"', "f"), False),
        ("HEALTHCHECK NONE", ("NONE",), False),
        ("HEALTHCHECK CMD a  b", ("CMD", "a  b"), False),
        ('HEALTHCHECK CMD ["a", "b"]', ("CMD", "a", "b"), True),
        ("USER a b", ("a b",), False),
        ("EXPOSE 1 2/udp", ("1", "2/udp"), False),
        ("VOLUME /a /b", ("/a", "/b"), False),
        ("MAINTAINER A B <c@d>", ("A B <c@d>",), False),
        ("STOPSIGNAL SIGINT", ("SIGINT",), False),
        ("CMD", (), False),
    ],
)  # fmt: skip
def test_each_instruction_has_its_grammar(
    line: str,
    arguments: tuple[str, ...],
    json: bool,  # noqa: FBT001 - a parameter of a table
) -> None:
    instruction = _last(line)
    assert instruction.arguments == arguments
    assert instruction.json == json


def test_an_instruction_knows_its_places() -> None:
    text = "FROM a\n  copy --chown=1 \\\n # c\n x\\\ny /z  \n"
    copy = _last(text)
    assert copy.keyword == "COPY"
    assert under(text, copy.keyword_span) == "copy"
    assert under(text, copy) == "copy --chown=1 \\\n # c\n x\\\ny /z  "
    assert [word.raw for word in copy.words] == ["x\\\ny", "/z"]
    assert [word.text for word in copy.words] == ["xy", "/z"]
    assert (copy.start_line, copy.end_line, copy.stage) == (2, 5, 0)
    assert copy.value == "xy /z"


def test_flags_are_unquoted_and_keep_what_is_written() -> None:
    text = 'RUN --mount=type=cache,"target=/a b" --network=none --link --x="" -- --y=z\n'
    run = _last(text)
    assert [(flag.name, flag.text) for flag in run.flags] == [
        ("mount", "type=cache,target=/a b"),
        ("network", "none"),
        ("link", ""),
        ("x", ""),
    ]
    assert run.flags[0].raw == '--mount=type=cache,"target=/a b"'
    assert under(text, run.flags[1].value_span) == "none"
    assert run.flags[2].value_span == (run.flags[2].span.end,) * 2
    assert run.arguments == ("--y=z",)
    assert run.flag("none") is None
    assert run.flags_named("mount") == (run.flags[0],)
    assert run.flags[0].options() == {"type": "cache", "target": "/a b"}
    assert _flag("COPY --from=a --from=b c d", "from").text == "b"


def test_flags_expand_where_buildkit_expands_them() -> None:
    head = "FROM scratch\nARG A=x B\n"
    assert _flag(f"{head}COPY --chown=$A a b", "chown").text == "x"
    assert _flag(f"{head}COPY --chown=$B a b", "chown").value is UNKNOWN
    assert _flag(f"{head}COPY --chown=$B a b", "chown").text == "$B"
    assert _flag(f"{head}COPY --from=$A a b", "from").text == "$A"
    assert (
        _flag(f"{head}RUN --mount=type=cache,target=/$A a", "mount").text == "type=cache,target=/x"
    )


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("COPY $A '/$A' \"/$A\" /b", ["x", "/$A", "/x", "/b"]),
        ('COPY ["$A", "b"]', ["x", "b"]),
        ("WORKDIR /$A", ["/x"]),
        ("USER ${A}:g", ["x:g"]),
        ("EXPOSE ${N:-80}", ["80"]),
        ("VOLUME /$A", ["/x"]),
        ("LABEL a=$A", ["a=x"]),
        ("STOPSIGNAL $A", ["x"]),
        ("ENV a=$A b='$A'", ["a=x", "b=$A"]),
        ("ENV a $A", ["a", "x"]),
        ("ENV a", ["a"]),
        ("ARG c=$A d", ["c=x", "d"]),
        ("ENV $A=b", ["x=b"]),
        ("RUN echo $A", ["echo $A"]),
        ("CMD $A", ["$A"]),
        ('ENTRYPOINT ["$A"]', ["$A"]),
        ("HEALTHCHECK CMD $A", ["CMD", "$A"]),
    ],
)
def test_words_expand_where_buildkit_expands_them(line: str, values: list[str]) -> None:
    words = _last(f"FROM scratch\nARG A=x\n{line}").words
    assert [value_or(word.value, "?") for word in words] == values


def test_what_depends_on_an_outside_image_is_unknown() -> None:
    assert _last("FROM a\nENV b=$PATH").words[0].value is UNKNOWN
    assert _last("FROM scratch\nENV b=$C").words[0].text == "b="


def test_variables_know_their_places() -> None:
    text = "FROM a\nENV b='c d' e=\\\nf\nENV g h i\nARG j k=\"l\"\n"
    variables = nodes(text, EnvVar)
    assert [
        (entry.name, entry.value if entry.value is ABSENT else value_or(entry.value, "?"))
        for entry in variables
    ] == [("b", "c d"), ("e", "f"), ("g", "h i"), ("j", ABSENT), ("k", "l")]
    assert [under(text, entry.name_span) for entry in variables] == ["b", "e", "g", "j", "k"]
    assert [under(text, entry.value_span) for entry in variables] == [
        "'c d'", "f", "h i", "j", '"l"',
    ]  # fmt: skip
    assert [under(text, entry) for entry in variables] == [
        "b='c d'", "e=\\\nf", "g h i", "j", 'k="l"',
    ]  # fmt: skip
    assert [entry.origin for entry in variables[2:4]] == [EnvOrigin.ENV, EnvOrigin.ARG]


def test_onbuild_is_read_but_knows_no_variable() -> None:
    text = "FROM scratch\nARG A=x\nONBUILD COPY --chown=1 $A /b\n"
    outer = _last(text)
    inner = outer.onbuild
    assert inner is not None
    assert (outer.words, outer.value) == ((), "COPY --chown=1 $A /b")
    assert (inner.keyword, inner.flags[0].name) == ("COPY", "chown")
    assert inner.words[0].value is UNKNOWN
    assert inner.words[1].value == Known("/b", inner.words[1].span)
    assert [node.keyword for node in nodes(text, Instruction)][-2:] == ["ONBUILD", "COPY"]


@pytest.mark.parametrize(
    ("line", "place", "message", "kind", "subject"),
    [
        ("RUNN a", "RUNN", "there is no instruction RUNN", c.UnknownInstruction, "RUNN"),
        ('CMD ["a", 1]', '["a", 1]', NOT_STRINGS, c.NonStringInJsonForm, "CMD"),
        ('COPY ["a", 1]', '["a", 1]', NOT_STRINGS, c.NonStringInJsonForm, "COPY"),
        ("ENV a", "a", "a has no value: write name=value", c.KeyWithoutValue, "a"),
        ("ENV a=b c d", "c", "c has no value: write name=value", c.KeyWithoutValue, "c"),
        (
            "LABEL a=b 'c d'",
            "'c d'",
            "'c d' has no value: write name=value",
            c.KeyWithoutValue,
            "'c d'",
        ),
        ("ENV \\\v", "ENV", "ENV needs an argument", c.MissingArgument, "ENV"),
        ("ENV", "ENV", "ENV needs an argument", c.MissingArgument, "ENV"),
        ("COPY a", "COPY", "COPY needs a source and a target", c.MissingArgument, "COPY"),
        ("FROM", "FROM", "FROM needs an argument", c.MissingArgument, "FROM"),
        ("FROM a b", "b", THREE_WORDS, c.MalformedFrom, "a"),
        ("FROM a is b", "is", THREE_WORDS, c.MalformedFrom, "a"),
        ("FROM a AS 1b", "1b", "1b cannot be the name of a stage", c.InvalidStageName, "1b"),
        ("LABEL a='b", "a='b", "a single quote is not closed", c.UnclosedQuote, "a"),
        ('ENV a="b', '"b', "a double quote is not closed", c.UnclosedQuote, "a"),
        ("ENV 'a", "'a", "a single quote is not closed", c.UnclosedQuote, "'a"),
        ("COPY --chown=${} a b", "${}", "bad substitution", c.BadSubstitution, "--chown"),
        ("WORKDIR ${a", "${a", UNSUPPORTED, c.BadSubstitution, "WORKDIR"),
        ("SHELL []", "SHELL", "SHELL needs an argument", c.MissingArgument, "SHELL"),
        ("SHELL sh -c", "sh -c", JSON_WANTED, c.ShellNotInJsonForm, "sh -c"),
        ("HEALTHCHECK curl a", "curl a", CMD_OR_NONE, c.UnknownHealthcheckType, "curl"),
        (
            "ONBUILD ONBUILD RUN a",
            "ONBUILD",
            NOT_KEPT.format("ONBUILD"),
            c.InvalidOnbuildTrigger,
            "ONBUILD",
        ),
        ("ONBUILD FROM", "FROM", NOT_KEPT.format("FROM"), c.InvalidOnbuildTrigger, "FROM"),
        ("ONBUILD COPY a", "COPY", "COPY needs a source and a target", c.MissingArgument, "COPY"),
    ],
)
def test_what_is_broken_is_said_once_at_its_place_and_the_rest_is_read(
    line: str, place: str, message: str, kind: type[Complaint], subject: str
) -> None:
    text = f"FROM x\n{line}\nUSER z\n"
    (complaint,) = read(text).complaints
    assert (under(text, complaint), complaint.message) == (place, message)
    assert (type(complaint), complaint.subject) == (kind, subject)
    assert _last(text).words[0].text == "z"


def test_a_demand_for_a_build_argument_is_no_fault() -> None:
    text = "ARG A\nFROM ${A:?name-an-image}\nENV b=${C:?}\n"
    assert complaints(text) == []
    assert read(text).instructions[1].words[0].value is UNKNOWN
    assert _last("FROM scratch\nENV b=${C:?}\n").words[0].value is UNKNOWN
    assert complaints("FROM scratch\nENV b=${C:?}\n") == []


@pytest.mark.parametrize(
    ("keyword", "help_"),
    [("FORM", "FROM"), ("COPPY", "COPY"), ("ENTRYPONIT", "ENTRYPOINT"), ("RNU", "RUN")],
)
def test_a_misspelt_keyword_is_corrected(keyword: str, help_: str) -> None:
    (complaint,) = read(f"FROM a\n{keyword} b\n").complaints
    assert complaint.help == f"did you mean {help_}?"


@pytest.mark.parametrize("keyword", ["cd", "make", "x" * 50])
def test_what_is_nothing_like_a_keyword_is_not_corrected(keyword: str) -> None:
    (complaint,) = read(f"FROM a\n{keyword} b\n").complaints
    assert complaint.help == ""


def test_a_run_of_lines_that_are_no_instructions_is_one_complaint() -> None:
    text = "FROM a\nRUN b\ncd c\nmake d\nCOPPY e f\nls\nUSER g\nls\n"
    assert [place for place, _ in complaints(text)] == ["cd", "COPPY", "ls"]
