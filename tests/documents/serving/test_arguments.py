from __future__ import annotations

import pytest

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.serving.arguments import filled_in
from imagelint.documents.shell.read import ScriptRole, read_script
from imagelint.documents.shell.script import Word


def words_of(text: str, *given: str) -> list[str | None]:
    """What the last command of a script gets; None for what is not known."""
    script = read_script(text, Span(0, len(text)), ScriptRole.START)
    arguments = tuple(Word(Span(0, 0), one, Known(one)) for one in given)
    found = filled_in(script, script.commands[-1].words, arguments)
    return [word.value.value if isinstance(word.value, Known) else None for word in found]


@pytest.mark.parametrize("all_of_them", ['"$@"', "$@", "$*", '"${@}"', "${*}"])
def test_all_arguments(all_of_them: str) -> None:
    assert words_of(f"run a {all_of_them} b", "x", "y z") == ["run", "a", "x", "y z", "b"]
    assert words_of(f"run {all_of_them}") == ["run"]


def test_one_argument() -> None:
    assert words_of('run "$1" ${2}', "x", "y") == ["run", "x", "y"]
    assert words_of("run $2 b", "x") == ["run", "b"]
    assert words_of('run "${1:-d}"', "x") == ["run", "x"]
    assert words_of('run "${2:-d}"', "x") == ["run", None]


def test_the_rest_of_the_arguments() -> None:
    assert words_of('run "${@:2}"', "x", "y", "z") == ["run", "y", "z"]


def test_other_words_are_left_alone() -> None:
    assert words_of("run a $X", "x") == ["run", "a", None]
    assert words_of("run a b", "x") == ["run", "a", "b"]


@pytest.mark.parametrize(
    "before",
    [
        "shift",
        'set -- "$@"',
        "if y; then set -- --q; fi",
        "set -- q; set q",
        "set q",
        ". /env.sh",
        "eval x",
    ],
)
def test_what_changes_the_arguments_makes_them_unknown(before: str) -> None:
    assert words_of(f'{before}\nrun "$@"', "x") == ["run", None]


def test_a_script_gives_itself_arguments() -> None:
    assert words_of('set -- q "$@"\nrun "$@"', "x") == ["run", "q", None]


@pytest.mark.parametrize("before", ["set -eu", "set -euo pipefail", "set +x", "echo shift"])
def test_options_of_the_shell_change_none(before: str) -> None:
    assert words_of(f'{before}\nrun "$@"', "x") == ["run", "x"]
