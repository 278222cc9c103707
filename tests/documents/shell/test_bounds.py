"""What the variables of a script hold is bounded, and what it exports is shared."""

from __future__ import annotations

import resource

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.source import Span
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.documents.shell.inner import may_install_files
from imagelint.documents.shell.read import read_script
from imagelint.documents.shell.script import Exports, Script, ScriptRole


def read(text: str, **variables: Fact[str]) -> Script:
    return read_script(text, Span(0, len(text)), role=ScriptRole.RUN, variables=variables)


def last_word(text: str, **variables: Fact[str]) -> Fact[str]:
    return read(text, **variables).commands[-1].words[-1].value


def variable(name: str, value: str) -> EnvVar:
    return EnvVar(Span(0, 0), name, Known(value), EnvOrigin.SHELL, Span(0, 0), Span(0, 0))


def test_what_doubles_with_every_line_is_unknown_before_it_fills_the_memory() -> None:
    lines = [f"A{number + 1}=$A{number}$A{number}" for number in range(200)]
    assert last_word("\n".join(["A0=xx", *lines, "echo $A200"])) is UNKNOWN
    assert last_word("\n".join(["A0=xx", *lines, "echo $A3"])) == Known("x" * 16)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 1_000_000


def test_a_word_is_as_long_as_it_is_written() -> None:
    assert last_word(f"A=b; echo {'x' * 20_000}$A") == Known("x" * 20_000 + "b")
    assert last_word("echo $A", A=Known("y" * 8_192)) == Known("y" * 8_192)
    assert last_word("echo $A", A=Known("y" * 8_193)) is UNKNOWN
    assert last_word("echo $A$B", A=Known("y" * 4_096), B=Known("z" * 4_097)) is UNKNOWN
    assert last_word('echo "$A$B"', A=Known("y" * 4_096), B=Known("z" * 4_097)) is UNKNOWN


def test_of_what_is_asked_for_again_and_again_there_is_an_end() -> None:
    value = Known("y" * 8_000)
    assert last_word("echo $A " * 400, A=value) == value
    assert last_word("echo $A " * 600, A=value) is UNKNOWN
    subshells = f"true {'x' * 500}\n(echo $A)\n" * 600
    assert read(subshells).readable
    assert last_word(subshells, A=value) is UNKNOWN
    assert last_word("echo $A; " * 600, A=Known("y" * 100)) == Known("y" * 100)


def test_each_command_has_what_was_exported_before_it() -> None:
    script = read("export A=1 B=2; a; export A=3; b; unset B; c; export C=4; (export D=5; d); e")
    told = [
        (command.program, [(one.name, one.value) for one in command.environment])
        for command in script.commands
        if len(command.program) == 1
    ]
    a, b = ("A", Known("1")), ("B", Known("2"))
    later, c = ("A", Known("3")), ("C", Known("4"))
    assert told == [
        ("a", [a, b]),
        ("b", [b, later]),
        ("c", [later]),
        ("d", [later, c, ("D", Known("5"))]),
        ("e", [later, c]),
    ]


def test_exports_are_equal_by_what_they_hold() -> None:
    first = Exports.of([variable("a", "1"), variable("a", "2")])
    assert first == Exports.of([variable("a", "2")])
    assert hash(first) == hash(Exports.of([variable("a", "2")]))
    assert first != Exports.of([variable("a", "1")])
    assert first.without("a") == Exports() != ()
    assert Exports().without("a").variables() == ()


def test_whether_a_script_installs_what_a_file_lists_takes_one_look() -> None:
    assert may_install_files(read("pip install x && pip install -r a.txt"))
    assert may_install_files(read("uv pip sync a.txt"))
    assert may_install_files(read("pip install --no-cache-dir ."))
    assert may_install_files(read("cd a && poetry install --no-root && b"))
    assert may_install_files(read("micromamba create -y -f a.yml"))
    assert not may_install_files(read("cp -r a b && pip install x"))
    assert not may_install_files(read("echo requirement; pip3.11 install x"))
    assert not may_install_files(read("pip install x\n" * 30_000))
    assert not may_install_files(read("pip x " + "-install " * 15_000 + "x"))
    assert may_install_files(read("pip install poetry && poetry install --without dev,test"))


def test_all_rounds_of_loops_together_have_few_more_words_than_are_written() -> None:
    some, others = (" ".join(f"{letter}{at}" for at in range(300)) for letter in "pq")
    both = f"for p in {some}; do echo {others} | xargs a $p; done"
    many = f"for p in {some}; do {'a $p; ' * 300} done"
    for text in (both, many):
        told = (sum(map(len, command.rounds())) for command in read(text).commands)
        assert sum(told) < 4 * len(text)
    alone = read(f"for p in {some}; do a $p; done; echo {others} | xargs a").commands
    assert [len(list(command.rounds())) for command in alone] == [300, 1, 1]
    assert [len(next(command.rounds())) for command in alone] == [1, 300, 300]


def test_loops_take_nothing_from_the_texts_that_may_be_read() -> None:
    script = read(f"A='b c'; for p in {'d ' * 60}; do {'x $p; ' * 20}done; sh -c \"$A\"")
    assert script.readable
    assert script.commands[-1].program == "b"
