"""Commands that run a script which is one of their words, or their input."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command

SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh", "rbash", "mksh"})
_SWITCHING = frozenset({"su", "runuser"})
RUNNERS = SHELLS | _SWITCHING | {"eval"}
_VALUED = frozenset({"--rcfile", "--init-file", "-O", "+O"})


def script_word(command: Command) -> int | None:
    """The index of the word that is a script: of `sh -c '…'`, `eval "…"`, `su - user -c "…"`."""
    if command.program == "eval":
        return 1 if len(command.words) == 2 else None  # noqa: PLR2004 - itself and one argument
    if command.program in _SWITCHING:
        return _behind_option(command, ("-c", "--command", "--session-command"))
    return _operand(command)[0] if _operand(command)[1] else None


def takes_input(command: Command) -> bool:
    """Whether a shell reads its script from its input: `bash`, `bash -s -- a`, `sh -`."""
    if command.program not in SHELLS:
        return False
    index, from_option = _operand(command)
    if from_option:
        return False
    if any(_cluster(word.text) and "s" in word.text for word in command.words[1:index]):
        return True
    return index is None or command.words[index].text in ("-", "/dev/stdin")


def _behind_option(command: Command, names: tuple[str, ...]) -> int | None:
    for index, word in enumerate(command.words[:-1]):
        if word.text in names:
            return index + 1
    return None


def _operand(command: Command) -> tuple[int | None, bool]:
    """The index of a shell's first operand, and whether `-c` makes a script of it."""
    script = False
    at = 1
    while at < len(command.words):
        text = command.words[at].text
        if text == "--":
            at += 1
            break
        if len(text) < 2 or text[0] not in "-+":  # noqa: PLR2004 - a dash alone is an operand
            break
        if _cluster(text):
            script = script or "c" in text
            at += text.count("o")
        at += 2 if text in _VALUED else 1
    return (at if at < len(command.words) else None), script


def _cluster(text: str) -> bool:
    """Whether a word is one or more one-letter options: `-c`, `-lc`, `-euxo`."""
    return len(text) > 1 and text[0] in "-+" and text[1] != "-"
