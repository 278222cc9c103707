"""What a script makes of the words that it is given: `"$@"`, `$1`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN
from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Script, Word

_ALL = frozenset(("$@", "${@}", "$*", "${*}"))
_ONE = pattern(r"\$(?:([1-9])|\{([1-9])(?::?[-=?][^}]*)?\})")
_REST = pattern(r"\$\{@:([1-9])\}")
_CHANGING = frozenset({"shift", "set", "getopts", "eval", ".", "source"})


def filled_in(
    script: Script, words: tuple[Word, ...], arguments: tuple[Word, ...]
) -> tuple[Word, ...]:
    """The words of a command of a script with the arguments of the script in their places.

    What may have changed the arguments leaves them unknown, and a default counts where there is no
    argument.
    """
    if not any("$" in word.raw for word in words):
        return words
    found: list[Word] = []
    for word in words:
        given = _given(word.raw.strip('"'), arguments)
        if given is None:
            found.append(word)
        elif any(_changes(command.words) for command in script.commands):
            found.append(word._replace(value=UNKNOWN))
        else:
            found += given
    return tuple(found)


def is_argument(word: Word) -> bool:
    """Whether a word of a script stands for arguments of it."""
    raw = word.raw.strip('"')
    return "$" in raw and (raw in _ALL or bool(_REST.fullmatch(raw) or _ONE.fullmatch(raw)))


def awaits_more(words: tuple[Word, ...], arguments: tuple[Word, ...]) -> bool:
    """Whether a command hands on all arguments, of which nobody has written any yet."""
    return not arguments and any(word.raw.strip('"') in _ALL for word in words)


def _given(raw: str, arguments: tuple[Word, ...]) -> tuple[Word, ...] | None:
    """The arguments that a word stands for; None for any other word."""
    if raw in _ALL:
        return arguments
    if rest := _REST.fullmatch(raw):
        return arguments[int(rest[1]) - 1 :]
    if one := _ONE.fullmatch(raw):
        number = int(one[1] or one[2])
        with_default = one[2] and number > len(arguments) and not raw.endswith(f"{number}}}")
        return None if with_default else arguments[number - 1 : number]
    return None


def _changes(words: tuple[Word, ...]) -> bool:
    """Whether a command gives other arguments to the script; `set -e` does not."""
    if not words or words[0].text not in _CHANGING:
        return False
    options = all(word.text[:1] in "-+" or word.text == "pipefail" for word in words[1:])
    return not (words[0].text == "set" and options and all(word.text != "--" for word in words))
