"""Shells: programs that run text as commands, and where that text stands among their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imagelint.documents.shell.script import Word

_SHEBANG = pattern(
    r"\s*#![ \t]*(?:\S*/(?:env|with-contenv)[ \t]+(?:-\S+[ \t]+)*)?(?:\S*/)?([^\s/]+)"
)


class Shell(NamedTuple):
    """`posix` is whether its language is close enough to POSIX to be read as such.

    `windows` is whether it is a shell of Windows, `valued` are options with a value of their own.
    Every POSIX one runs the first operand behind `-c`, also in a cluster as `-lc`.
    """

    posix: bool = True
    windows: bool = False
    valued: frozenset[str] = frozenset()


_BASH = Shell(valued=frozenset({"--rcfile", "--init-file", "-O", "+O"}))
SHELLS: Mapping[str, Shell] = {
    "sh": Shell(),
    "ash": Shell(),
    "bash": _BASH,
    "dash": Shell(),
    "ksh": Shell(),
    "mksh": Shell(),
    "rbash": _BASH,
    "zsh": Shell(),
    "fish": Shell(posix=False),
    "nu": Shell(posix=False),
    "cmd": Shell(posix=False, windows=True),
    "powershell": Shell(posix=False, windows=True),
    "pwsh": Shell(posix=False, windows=True),
}
POSIX_SHELLS = frozenset(name for name, shell in SHELLS.items() if shell.posix)
_OTHER_LANGUAGES = frozenset(
    {"python", "perl", "ruby", "node", "nodejs", "php", "lua", "Rscript", "tclsh", "expect"}
    | {"awk", "gawk", "deno", "bun", "julia"}
    | (SHELLS.keys() - POSIX_SHELLS)
)
SOURCING = (".", "source")
"""What reads a script into the shell that runs already."""


class TextRunner(NamedTuple):
    """A program that hands one of its words to a shell as text.

    `options` are those before that word, `-c` also in a cluster; `verb` is the subcommand behind
    which the last word is the text.
    """

    options: frozenset[str] = frozenset()
    verb: str = ""


_SWITCHING = TextRunner(frozenset({"-c", "--command", "--session-command"}))
_COMMAND = TextRunner(frozenset({"-c", "--command"}))
TEXT_RUNNERS: Mapping[str, TextRunner] = {
    "su": _SWITCHING,
    "runuser": _SWITCHING,
    "flock": _COMMAND,
    "script": _COMMAND,
    "doppler": TextRunner(frozenset({"--command"})),
    "infisical": TextRunner(frozenset({"--command"})),
    "nix-shell": TextRunner(frozenset({"--run", "--command"})),
    "scl": TextRunner(verb="enable"),
}


class ShellText(NamedTuple):
    """The index of the word that a shell runs as a script, and that shell's base name."""

    at: int
    shell: str


class Operand(NamedTuple):
    """The index of a shell's first operand, None without one; whether `-c` makes it a script."""

    at: int | None
    is_script: bool


def base_name(path: str) -> str:
    """The name of a program: `bash` for `/bin/bash`, `bash.exe` and the login shell `-bash`."""
    return path.replace("\\", "/").rpartition("/")[2].removesuffix(".exe").removeprefix("-")


def shell_named(path: str) -> Shell | None:
    """The shell that a path leads to, case aside as on Windows; None: it is none that is known."""
    return SHELLS.get(base_name(path.lower()))


def shebang_shell(text: str) -> str:
    """The name of the program in the `#!` line of a text, empty without one."""
    match = _SHEBANG.match(text)
    return match[1] if match else ""


def first_operand(words: Sequence[Word]) -> Operand:
    """The first operand among the words of a POSIX shell, the shell's own included."""
    shell = shell_named(words[0].text) or SHELLS["sh"]
    script = False
    at = 1
    while at < len(words):
        text = words[at].text
        if text == "--":
            at += 1
            break
        if len(text) < 2 or text[0] not in "-+":  # noqa: PLR2004 - a dash alone is an operand
            break
        if is_cluster(text):
            script = script or "c" in text
            at += text.count("o")
        at += 2 if text in shell.valued else 1
    return Operand(at if at < len(words) else None, script)


def is_other_language(program: str) -> bool:
    """Whether what reads a script is no POSIX shell, and known: `python3.12`, `powershell`."""
    return program.rstrip("0123456789.") in _OTHER_LANGUAGES


def script_index(words: Sequence[Word]) -> int | None:
    """The index of the script in `sh -c TEXT`; None when these words run no such thing."""
    if not words or base_name(words[0].text) not in POSIX_SHELLS:
        return None
    operand = first_operand(words)
    return operand.at if operand.is_script else None


def shell_text(words: Sequence[Word]) -> ShellText | None:
    """The script among the words of a shell, or of a program that hands it to one."""
    index = script_index(words)
    if index is not None:
        return ShellText(index, base_name(words[0].text))
    runner = TEXT_RUNNERS.get(base_name(words[0].text)) if words else None
    at = None if runner is None else _handed_over(words, runner)
    return None if at is None else ShellText(at, "sh")


def operands(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words behind the text in `sh -c TEXT`: its `$0`, `$1` and so on."""
    index = script_index(words)
    return () if index is None else tuple(words[index + 1 :])


def _handed_over(words: Sequence[Word], runner: TextRunner) -> int | None:
    if runner.verb:
        handed = len(words) > 3 and words[1].text == runner.verb  # noqa: PLR2004 - a name, a text
        return len(words) - 1 if handed else None
    for index, word in enumerate(words[1:-1], start=1):
        text = word.text
        clustered = is_cluster(text) and text[1:].isalpha() and f"-{text[-1]}" in runner.options
        if clustered or text in runner.options:
            return index + 1
    return None


def is_cluster(text: str) -> bool:
    """Whether a word is one or more one-letter options: `-c`, `-lc`, `-euxo`."""
    return len(text) > 1 and text[0] in "-+" and text[1] != "-"
