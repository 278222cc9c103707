from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.source import Span
from imagelint.documents.shell.read import read_script
from imagelint.documents.shell.script import Script, ScriptRole

AT = 1000


def read(text: str, **variables: Fact[str]) -> Script:
    return read_script(text, Span(AT, AT + len(text)), ScriptRole.RUN, variables=variables)


def texts(script: Script) -> list[str]:
    return [" ".join(word.text for word in command.words) for command in script.commands]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b && c; d || e | f\ng", ["a b", "c", "d", "e", "f", "g"]),
        ("a \\\n  b && \\\n\n c", ["a b", "c"]),
        ("a 'b c' \"d e\" f\\ g $'h\\n'", ["a b c d e f g h\n"]),
        ("if a; then b; elif c; then d; else e; fi", ["a", "b", "c", "d", "e"]),
        ("for x in 1 2; do g; done; while h; do i; done", ["g", "h", "i"]),
        ("case $x in a|b) h;; *) i;; esac", ["h", "i"]),
        ("f() { i; }; (j; k); { l; }", ["i", "j", "k", "l"]),
        ("! a; [ -n x ] && b; [[ a == b ]]", ["a", "[ -n x ]", "b", "[[ a == b ]]"]),
        ("a $(b `c`) && d <(e) > f$(g)", ["a $(b `c`)", "b `c`", "c", "d <(e)", "e", "g"]),
        ("X=$(a b) Y=1", ["", "a b"]),
        ("cat <<EOF | b -c && d\n$(e)\nEOF\nf", ["cat", "e", "b -c", "d", "f"]),
        ("cat <<EOF && d || e\nx\nEOF", ["cat", "d", "e"]),
        ("a <<EOF b \"c d\" e'f'g\nx\nEOF\nh", ["a b c d efg", "h"]),
        ("a > x b", ["a b"]),
        ("> x", [""]),
        ("{ a; } > x; while b; do c; done < <(d)", ["a", "b", "c", "d"]),
        ("# only a comment", []),
        ("", []),
        ("\n\n", []),
        ("a\r\nb \\\r\n c\r\n", ["a", "b c"]),
        ("écho ü 'ß' && naïve", ["écho ü ß", "naïve"]),
        ("(écho ü; naïve)", ["écho ü", "naïve"]),
        ("a & b", ["a", "b"]),
    ],
)
def test_simple_commands_in_source_order(text: str, expected: list[str]) -> None:
    script = read(text)
    assert texts(script) == expected
    assert script.readable


@pytest.mark.parametrize(
    ("text", "program", "wrappers"),
    [
        ("sudo -u me -E pip x", "pip", ("sudo",)),
        ("env -u A B=c /usr/bin/pip x", "pip", ("env",)),
        ("exec tini -g -- gosu me vllm serve", "vllm", ("exec", "tini", "gosu")),
        (
            "nohup nice -n 5 ionice -c 2 timeout -s KILL 9 a",
            "a",
            ("nohup", "nice", "ionice", "timeout"),
        ),
        ("stdbuf -oL time command -- a", "a", ("stdbuf", "time", "command")),
        ("conda run -n base --no-capture-output python x", "python", ("conda",)),
        ("uv run --with x python y", "python", ("uv",)),
        ("busybox wget x", "wget", ("busybox",)),
        ("env -S vllm serve", "vllm", ("env",)),
        ("env -S 'vllm serve'", "env", ()),
        ("env -S", "env", ()),
        ('env --split-string "$X"', "env", ()),
        ("catchsegv nsys profile -o out --trace cuda python x", "python", ("catchsegv", "nsys")),
        ("nsys stats a", "nsys", ()),
        ("/opt/nvidia/nvidia_entrypoint.sh a b", "a", ("nvidia_entrypoint.sh",)),
        ("pixi run -e gpu a", "a", ("pixi",)),
        ("pixi install", "pixi", ()),
        ("uv run -m a.b", "a.b", ("uv",)),
        ("torchrun --nproc-per-node 2 -m a.b", "a.b", ("torchrun",)),
        ("command -v curl", "command", ()),
        ("env", "env", ()),
        ("exec", "exec", ()),
        ("conda install x", "conda", ()),
        ('"$HOME/bin/pip" x', "pip", ()),
        ("$PIP x", "", ()),
        ('exec "$@"', "", ("exec",)),
    ],
)
def test_wrappers_are_removed(text: str, program: str, wrappers: tuple[str, ...]) -> None:
    command = read(text).commands[0]
    assert (command.program, command.wrappers) == (program, wrappers)


def value(text: str, **variables: Fact[str]) -> list[object]:
    words = read(text, **variables).of("f")[-1].words[1:]
    return [word.value.value if isinstance(word.value, Known) else word.value for word in words]


def test_variables_are_filled_in() -> None:
    known: dict[str, Fact[str]] = {
        "A": Known("x y"),
        "E": Known(""),
        "N": ABSENT,
        "U": UNKNOWN,
        "G": Known("*"),
    }
    assert value('f $A "$A" ${E} "${E}" b$E', **known) == ["x", "y", "x y", "", "b"]
    assert value('f ${N:-d} ${N-d} ${E-d} "${E:-d}" ${A:+s} ${N+s}', **known) == [
        "d", "d", "d", "s",
    ]  # fmt: skip
    assert value("f $U ${U:-d} $Z $1 ${A%x} $(a) `a` a* $G ~/b", **known) == [UNKNOWN] * 10
    assert value("f ~/b '$A' \\$A \"\\$A\" $ a{b} {b,c}", HOME=Known("/h"), **known) == [
        "/h/b", "$A", "$A", "$A", "$", "a{b}", UNKNOWN,
    ]  # fmt: skip
    assert value("f p$A'q'${A}", **known) == ["px", "yqx", "y"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X=1; f $X", "1"),
        ("X=1 && Y=$X && f $Y", "1"),
        ("export X=1; f $X", "1"),
        ("X=1; export X; bash -c 'f $X'", "1"),
        ('bash -c "X=1; f $X"', UNKNOWN),
        ("X='a\\\nb' && f $X", "ab"),
        ("X=1 f $X", UNKNOWN),
        ("if a; then X=1; fi; f $X", UNKNOWN),
        ("[ -n a ] && X=1; f $X", UNKNOWN),
        ("a || X=1; f $X", UNKNOWN),
        ("(X=1); f $X", UNKNOWN),
        ("X=1 | a; f $X", UNKNOWN),
        ("X=1; while a; do f $X; X=2; done; f $X", UNKNOWN),
        ("X=1; read -r X; f $X", UNKNOWN),
        ("X=1; X+=2; f $X", UNKNOWN),
        ("X=(1 2); f $X", UNKNOWN),
        ("X=1; eval $Y; f $X", UNKNOWN),
        ("X=1; . ./anything; f $X", UNKNOWN),
        ("X=1; . /venv/bin/activate; f $X", "1"),
        ("X=1; [ a ] && unset X; f $X", UNKNOWN),
        ("X=1; unset X; f ${X:-gone}", "gone"),
        ("X=1; bash -c 'f $X'", UNKNOWN),
        ('X=1; bash -c "f $X"', "1"),
        ("export X=1; bash -c 'f $X'", "1"),
        ("X=1 bash -c 'f $X'", "1"),
    ],
)
def test_what_a_script_assigns(text: str, expected: object) -> None:
    assert value(text) == [expected]


def test_assignments_and_redirects() -> None:
    text = "A=1 B=\"$C\" run > out 2>&1 <<'EOF'\n$body\nEOF\n"
    (command,) = read(text).commands
    first, second = command.assignments
    assert (first.name, first.value, second.value) == ("A", Known("1"), UNKNOWN)
    assert text[first.value_span.start - AT : first.value_span.end - AT] == "1"
    assert [(r.operator, r.target and r.target.text) for r in command.redirects] == [
        (">", "out"),
        ("2>&", "1"),
        ("<<", "$body\n"),
    ]


def test_pipelines_are_numbered() -> None:
    script = read("a | b && c; d | e | f")
    assert [(c.pipe, c.stage) for c in script.commands] == [
        (0, 0), (0, 1), (1, 0), (2, 0), (2, 1), (2, 2),
    ]  # fmt: skip
    grouped = read("{ a; b; } | c && (d) | e > f").commands
    assert [c.stage for c in grouped] == [0, 0, 1, 0, 1]
    assert grouped[0].pipe == grouped[1].pipe == grouped[2].pipe != grouped[3].pipe
    document = read("cat <<EOF | a | b\nEOF\n").commands
    assert [(c.pipe, c.stage) for c in document] == [(0, 0), (0, 1), (0, 2)]


def test_only_the_last_of_a_redirected_list_is_piped() -> None:
    script = read("a && $(b) c 2>&1 | d")
    found = {c.program: c for c in script.commands}
    assert found["c" if "c" in found else ""].pipe == found["d"].pipe
    assert found["a"].pipe != found["d"].pipe


def test_what_certainly_runs() -> None:
    script = read("a && b || c && d; grep x && e; (f) && if g; then h; fi; i $(j)")
    sure = {command.program: command.unconditional for command in script.commands}
    assert [name for name, certain in sure.items() if not certain] == ["c", "e", "g", "h", "j"]


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("sh -c 'a b && c'", ["a b", "c"]),
        ('bash -euo pipefail -c "a; b"', ["a", "b"]),
        ('bash -lc "a \\"b c\\" \\$D"', ["a b c \\$D"]),
        ("eval 'a b'", ["a b"]),
        ("su - me -c 'a b'", ["a b"]),
        ("bash <<EOF\na \\$b\nEOF", ["a \\$b"]),
        ("bash -s x <<'EOF'\na\nEOF", ["a"]),
        ("bash <<< 'a b'", ["a b"]),
        ("bash -c 'sh -c \"a b\"'", ["sh -c a b", "a b"]),
        ('bash -c "sh -c \\"a \'b c\'\\""', ["sh -c a 'b c'", "a b c"]),
        ("bash script.sh", []),
        ("bash -O extglob -c 'a'", ["a"]),
        ("bash -- script.sh -c 'a'", []),
        ("su - me", []),
        ("bash -c a'b c'\"d\"", ["ab cd"]),
        ('bash -c "a \\\n b"', ["a b"]),
        ('bash -c "a=\\"\\" b"', ["b"]),
        ('bash -c "X= Y=\\$Z a"', ["a"]),
        ('sh -c "$(curl x)"', []),
        ("eval a b", ["a b"]),
        ("eval 'a |' b", ["a", "b"]),
        ("x='a | b'; eval $x", ["a", "b"]),
        ("x='a b'; sh -c \"$x\"", ["a b"]),
        ("eval a $unknown", []),
        ("trap 'a b' EXIT", ["a b"]),
        ("trap - EXIT", []),
        ("trap '' INT", []),
        ("trap a", []),
        ("echo 'a b' | sh", ["a b"]),
        ("echo -n a b | sudo bash -s", ["a b"]),
        ("echo 'a\\n' | sh", []),
        ("echo $x | sh", []),
        ("echo a > /x | sh", []),
        ("printf 'a b' | sh", ["a b"]),
        ("printf '%s b\\n' a | sh", ["a b"]),
        ("printf '%d' 1 | sh", []),
        ("printf '100%%' | cat - | sh", ["100%"]),
        ("cat <<X | sh\na b\nX", ["a b"]),
        ("cat file | sh", []),
        ("echo YSBi | base64 -d | sh", ["a b"]),
        ("base64 --decode <<< YSBi | bash", ["a b"]),
        ("echo YSBi | base64 | sh", []),
        ("echo /w== | base64 -d | sh", []),
        ("echo '6120 62' | xxd -r -p | tee x | sh", ["a b"]),
        ("echo 'a b' | sh -c c", ["c"]),
        ("find . -name x -exec a b {} \\;", ["a b {}"]),
        ("find . -exec sh -c 'a \"$1\"' sh {} +", ['sh -c a "$1" sh {}', 'a "$1"']),
        ("find . -exec \\;", []),
    ],
)
def test_scripts_within_quotes(text: str, inner: list[str]) -> None:
    script = read(text)
    nested = [command for command in script.commands if command.nested]
    assert [" ".join(word.text for word in command.words) for command in nested] == inner
    assert_spans(script, text)


@pytest.mark.parametrize(
    "text", ['bash -c "a \\" $(b (c)) `d`"', "bash <<EOF\na \\$b $(c) `d`\nEOF"]
)
def test_substitutions_leave_the_script_within_quotes_whole(text: str) -> None:
    script = read(text)
    assert "a" in {command.program for command in script.commands if command.nested}
    assert_spans(script, text)


def test_a_substitution_within_quotes_runs_once() -> None:
    script = read('bash -c "a $(b) c"')
    assert [c.program for c in script.commands] == ["bash", "a", "b"]


def test_quotes_within_quotes_end_somewhere() -> None:
    text = "a"
    for _ in range(12):
        text = "sh -c " + '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if len(text) > 100_000:
            break
    assert len(read(text).commands) <= 7


@pytest.mark.parametrize("shell", ["powershell", "cmd", "pwsh"])
def test_other_shells_are_left_alone(shell: str) -> None:
    script = read_script("a", Span(0, 1), ScriptRole.RUN, shell=shell)
    assert (script.commands, script.readable) == ((), False)


def test_an_interpreter_line_overrules_the_shell() -> None:
    assert not read("#!/usr/bin/env python3\nimport os").readable
    assert read("#!/bin/bash -e\na").shell == "bash"


@pytest.mark.parametrize("text", ["if a; then", "a )", "a && && b", "a 'b", "|" * 5000 + "$"])
def test_broken_text_is_said_to_be_broken(text: str) -> None:
    assert not read(text).readable


def test_what_stands_before_the_break_is_read() -> None:
    assert texts(read("a b\nif c; then"))[:1] == ["a b"]


@pytest.mark.parametrize(
    "text", ["$(" * 20_000, "(" * 20_000, "a && " * 20_000 + "b", "{ " * 20_000, "a" * 1_100_000]
)
def test_deep_and_long_texts_do_no_harm(text: str) -> None:
    read(text)


def assert_spans(script: Script, text: str) -> None:
    whole = Span(AT, AT + len(text))
    for command in script.commands:
        assert whole.covers(command.span)
        for word in command.words:
            assert text[word.span.start - AT : word.span.end - AT] == word.raw
        for variable in command.assignments:
            assert variable.span.covers(variable.name_span)
            assert variable.span.covers(variable.value_span)
        for redirect in command.redirects:
            assert whole.covers(redirect.span)


PIECES = st.lists(
    st.sampled_from(
        [
            "a",
            "pip",
            "X=1",
            "--a=b",
            "foo[x]==1",
            "$V",
            "${E}",
            '"$X y"',
            "'q s'",
            " ",
            "  ",
            " \\\n ",
            "\\\n",
            "\n",
            "\r\n",
            "&&",
            " && ",
            " || ",
            " ; ",
            " | ",
            " > x",
            " 2>&1 ",
            ">>",
            "\\",
            "#",
            "=",
            "[",
            "]",
            "*",
            "~",
            "time",
            "if",
            "in",
            "test",
            "!",
            '"',
            "(",
            ")",
            "$(",
            "`",
            "{",
            "}",
            "<<E\n",
            "\nE\n",
            "sh -c ",
            "eval ",
            "é",
            "then",
            "fi",
            "done",
        ]
    ),
    max_size=14,
).map("".join)


@given(PIECES | st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_and_spans_are_true(text: str) -> None:
    assert_spans(read(text, V=Known("a b"), E=Known("")), text)
