"""Commands that run a script which is one of their words, or their input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.shell.script import ScriptRole
from imagelint.documents.shell.shells import (
    POSIX_SHELLS,
    SOURCING,
    TEXT_RUNNERS,
    base_name,
    first_operand,
    is_cluster,
    shell_text,
)
from imagelint.documents.shell.wrappers import unwrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imagelint.documents.shell.script import Command, Script, Word

# `pip install -r FILE`, `uv pip sync FILE`, `pip install .`, `poetry install`.
_INSTALLER = pattern(r"\b(?:pip|uv|poetry|conda|mamba|micromamba)[\w.]*\s")
_VERBS = ("install", "sync", "create", "update", "download", "wheel")
_LISTED = pattern(
    r"\s-[rcf]|\$\((?:cat|<)|requirement|constraint|--file|\bsync\b|\s[\"']?[./~]"
    r"|\s-e\.|\bpoetry[^&;|]{1,200}?\binstall\b"
)
RUNNERS = POSIX_SHELLS | TEXT_RUNNERS.keys() | {"eval", "trap"}
STANDARD_INPUT = ("-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0")
"""What a program is told to read where it is to read its input."""


def script_word(command: Command) -> int | None:
    """The index of the word that is a script: of `sh -c '…'`, `eval "…"`, `su - user -c "…"`."""
    if command.program == "eval":
        return 1 if len(command.words) == 2 else None  # noqa: PLR2004 - itself and one argument
    if command.program == "trap":
        told = len(command.words) > 2 and command.words[1].text[:1] != "-"  # noqa: PLR2004 - signals
        return 1 if told else None
    found = shell_text(command.words)
    return None if found is None else found.at


def script_file(words: Sequence[Word]) -> Word | None:
    """The word that may name a file with a script: the program, or the operand of a shell."""
    start = unwrap(words).start
    if start >= len(words) or not isinstance(words[start].value, Known):
        return None
    word = words[start]
    if word.text in SOURCING:
        named = words[start + 1] if start + 1 < len(words) else None
        return named if named is not None and isinstance(named.value, Known) else None
    if base_name(word.text) not in POSIX_SHELLS:
        return word if "/" in word.text or "." in word.text or len(words) == 1 else None
    operand = first_operand(words[start:])
    if operand.at is None or operand.is_script:
        return None
    named = words[start + operand.at]
    return named if isinstance(named.value, Known) else None


def takes_input(command: Command) -> bool:
    """Whether a shell reads its script from its input: `bash`, `bash -s -- a`, `sh -`."""
    if command.program not in POSIX_SHELLS:
        return False
    index, is_script = first_operand(command.words)
    if is_script:
        return False
    if any(is_cluster(word.text) and "s" in word.text for word in command.words[1:index]):
        return True
    return index is None or command.words[index].text in STANDARD_INPUT


def may_install_files(script: Script) -> bool:
    """Whether a script of a build may install what a file lists."""
    text = script.text
    if script.role is not ScriptRole.RUN or not any(verb in text for verb in _VERBS):
        return False
    # One search for each: in one pattern, every installer would look through all that follows it.
    installer = _INSTALLER.search(text)
    if installer is None:
        return False
    return "xargs" in text or _LISTED.search(text, installer.start()) is not None
