"""What a command does to the variables of the script that it stands in."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN
from imagelint.core.pattern import pattern
from imagelint.documents.shared import EnvOrigin, EnvVar
from imagelint.documents.shell.scope import ARGUMENTS, MOST_WORDS, Array, names_set

if TYPE_CHECKING:
    from imagelint.documents.shell.scope import Scope
    from imagelint.documents.shell.script import Command, Word

_NAME = pattern(r"[A-Za-z_]\w*", re.ASCII)

DECLARING = frozenset({"export", "declare", "typeset", "readonly", "local"})
_READING = frozenset({"read", "mapfile", "readarray", "getopts", "printf", "let", "eval"})
_SOURCING = frozenset({".", "source"})
_GIVING = frozenset({"set", "shift"})
_NOTHING = ":"  # whose words are expanded all the same
EFFECTIVE = DECLARING | _READING | _SOURCING | _GIVING | {"unset", _NOTHING}
_SET_TO_DEFAULT = pattern(r"\$\{([A-Za-z_]\w*):?=[^{}'\"`$\\]*\}", re.ASCII)
# Files that set up an environment of their own and leave the author's variables alone.
_HARMLESS = frozenset(
    {"activate", "conda.sh", "mamba.sh", "nvm.sh", ".bashrc", ".profile", ".bash_profile"}
)
_HARMLESS_ENDS = ("/.cargo/env", "/cargo/env", "/.local/bin/env")


def apply_effects(command: Command, scope: Scope, text: str) -> None:
    """Bring a scope up to date behind a command; `text` is the command as written."""
    program = command.program
    if not command.words or program in DECLARING:
        _assign(command, scope, program)
    elif program == _NOTHING:
        _default(command, scope)
    elif program in _GIVING:
        _set_options(command, scope)
        _set_arguments(command, scope)
    elif program == "unset":
        _unset(command, scope)
    elif program == "eval" and any(word.value is UNKNOWN for word in command.arguments):
        scope.taint_all()
        scope.assign(ARGUMENTS, UNKNOWN)  # `eval set -- "$(getopt …)"`
    elif program in _READING:
        scope.taint(names_set(text))
    elif program in _SOURCING and not _is_harmless(command):
        scope.taint_all()


def _assign(command: Command, scope: Scope, program: str) -> None:
    exports = program == "export" or bool(program and command.has_flag("-x")) or scope.exports_all
    for variable in command.assignments:
        value = variable.value if command.unconditional else UNKNOWN
        scope.assign(variable.name, value)
        if exports or scope.exports(variable.name):
            scope.export(variable._replace(value=value))
    if program and any(map(_names_any, command.arguments)):
        scope.taint_all()
    for word in command.arguments if exports else ():
        if _NAME.fullmatch(word.text):
            scope.export(_exported(word, scope, sure=command.unconditional))


def _names_any(word: Word) -> bool:
    """Whether nobody knows which variable a word sets: `export $(xargs < .env)`, `"$1=x"`."""
    name = word.raw.partition("=")[0]
    return word.value is UNKNOWN and ("$" in name or "`" in name)


def _exported(word: Word, scope: Scope, *, sure: bool) -> EnvVar:
    """The variable that `export NAME` hands on."""
    value = scope.lookup(word.text) if sure else UNKNOWN
    return EnvVar(word.span, word.text, value, EnvOrigin.SHELL, word.span, word.span)


def _set_options(command: Command, scope: Scope) -> None:
    """`set -a` exports all that is set behind it, `set +a` ends that."""
    words = [word.text for word in command.arguments]
    for word, following in pairwise([*words, ""]):
        named = word[1:] == "o" and following == "allexport"
        if named or (word[:1] in ("-", "+") and word[1:].isalpha() and "a" in word[1:]):
            scope.exports_all = word[0] == "-"


def _set_arguments(command: Command, scope: Scope) -> None:
    """`set -- "$@" --more` gives the script other arguments, or perhaps more of them."""
    texts = [word.text for word in command.words]
    options = all(text.startswith(("-", "+")) or text == "pipefail" for text in texts[1:])
    if command.program == "set" and options and "--" not in texts:
        return
    before = scope.array(ARGUMENTS)
    scope.assign(ARGUMENTS, UNKNOWN)
    words = command.words[texts.index("--") + 1 :] if "--" in texts else ()
    if not words or len(words) > MOST_WORDS:
        return
    if command.unconditional:
        scope.assign_array(ARGUMENTS, Array(words))
    elif before is not None and words[: len(before.words)] == before.words:
        scope.assign_array(ARGUMENTS, before._replace(complete=False))


def _default(command: Command, scope: Scope) -> None:
    """`: "${NAME:=value}"` sets what is not set."""
    for word in command.arguments:
        match = _SET_TO_DEFAULT.fullmatch(word.raw.strip('"'))
        if match is not None:
            scope.assign(match[1], word.value if command.unconditional else UNKNOWN)


def _unset(command: Command, scope: Scope) -> None:
    for word in command.arguments:
        if command.unconditional:
            scope.unset(word.text)
        else:
            scope.taint((word.text,))


def _is_harmless(command: Command) -> bool:
    path = command.words[1].text if len(command.words) > 1 else ""
    return path.rpartition("/")[2] in _HARMLESS or path.endswith(_HARMLESS_ENDS)
