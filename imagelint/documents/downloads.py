"""Questions about what a script fetches from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from imagelint.core.fact import ABSENT, Fact

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.script import Command, Script


class Download(NamedTuple):
    """One thing that a command fetches.

    `kind` is `file` (curl, wget, aria2c), `git` (a clone) or `model` (`hf download`, `ollama pull`,
    `snapshot_download(…)`). `url` is what is fetched: a URL, a repository, a model's name. `output`
    is the file or folder it is written to, `-` for standard output, empty when the tool chooses.
    `revision` is the commit, tag or branch that is asked for, absent when none is.
    `checked` is true when the tool itself compares a checksum (`aria2c --checksum=…`).
    """

    span: Span
    command: Command
    kind: str
    url: Fact[str]
    output: str = ""
    revision: Fact[str] = ABSENT
    checked: bool = False


def downloads(command: Command) -> tuple[Download, ...]:  # noqa: ARG001 - skeleton
    """What a command fetches; empty for a command that fetches nothing."""
    return ()


def pipes_into_shell(script: Script) -> tuple[tuple[Command, Command], ...]:  # noqa: ARG001
    """Pairs of a command that downloads and the interpreter that certainly runs its output.

    `curl … | bash`, `bash <(curl …)`, `sh -c "$(curl …)"`, `eval "$(curl …)"`.
    """
    return ()


def verified(script: Script, after: Command | None = None) -> bool:  # noqa: ARG001 - skeleton
    """Whether a checksum or signature is verified in the script, behind a command if given."""
    return False
