"""Questions about what a command asks of whoever runs it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import MANAGERS, manager_call
from imagelint.documents.queries.stages import enclosing_stage, stages_where

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.packages.packagemanager import Call, Manager
    from imagelint.documents.shell.script import Command, Word

__all__ = ["Prompt", "unanswered_prompt"]


class Prompt(NamedTuple):
    """A question that a package manager asks; `verb` is the word of the subcommand that does."""

    manager: Manager
    verb: Word


def unanswered_prompt(document: Document, command: Command) -> Prompt | None:
    """What a command asks and nobody answers; None where nothing is, or may not be, asked."""
    call = manager_call(command)
    if call is None or not call.manager.assume_yes or call.words.has(*call.manager.dry_run):
        return None
    if _is_fed(document, command) or not call.words.complete or not _asks(call):
        return None
    if _answered_for_all(document, command, call.manager):
        return None
    return Prompt(call.manager, call.words.operands[0])


def _is_fed(document: Document, command: Command) -> bool:
    """Whether something is written to its standard input: `yes | apt-get install …`.

    xargs starts it without input, unless what it reads itself comes from a file (`-a`):
    https://www.gnu.org/software/findutils/manual/html_node/find_html/xargs-options.html
    """
    if "xargs" in command.wrappers and not _reads_file(document, command):
        return False
    return command.stage > 0 or any(one.operator.startswith("<") for one in command.redirects)


def _reads_file(document: Document, command: Command) -> bool:
    """Whether what stands before its program names a file for xargs: `-a FILE`, `-0a FILE`."""
    before = document.written(Span(command.span.start, command.words[0].span.start))
    return any(
        word.startswith("--arg-file") or ("a" in word and word[0] == "-" and word[1] != "-")
        for word in before.split()
        if len(word) > 1
    )


def _asks(call: Call) -> bool:
    installs = package_installs(call.command)
    if installs:
        said = any(_says_yes(call, setting) for setting in call.manager.assume_yes_settings)
        return not said and not any(install.assume_yes for install in installs)
    asks, _ = call.words.verb(call.manager.asks)
    return bool(asks) and not call.words.has(*call.manager.assume_yes)


def _says_yes(call: Call, setting: str) -> bool:
    """`-o APT::Get::Assume-Yes=true`, `--setopt=assumeyes=1`."""
    return any(setting in option.value.text for option in call.words.options if option.value)


def _answered_for_all(document: Document, command: Command, manager: Manager) -> bool:
    """Whether configuration or environment answers, or may do so."""
    names = manager.assume_yes_variables
    if any(one.name in names for one in command.environment):
        return True
    if any(isinstance(command.place.setting(name), Known) for name in names):
        return True
    stage = enclosing_stage(document, command.span)
    return stage is not None and stage.index in document.derived(_configured).get(manager.name, ())


def _configured(document: Document) -> dict[str, frozenset[int]]:
    """By manager, the stages in which a setting answers all of its questions."""
    found = {}
    for manager in MANAGERS:
        settings = manager.assume_yes_settings
        found[manager.name] = stages_where(document, partial(_says_one, settings))
    return found


def _says_one(settings: tuple[str, ...], stage: Stage) -> bool:
    return any(map(stage.says, settings))
