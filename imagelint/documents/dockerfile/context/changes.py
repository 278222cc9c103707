"""What a RUN makes of a file that an earlier instruction has copied, or of one of its own."""

from __future__ import annotations

from posixpath import basename, dirname, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.context.copies import absolute
from imagelint.documents.dockerfile.context.written import output_text
from imagelint.documents.remembered import remembered_briefly
from imagelint.documents.shell.inner import STANDARD_INPUT

if TYPE_CHECKING:
    from imagelint.core.source import Span
    from imagelint.documents.mapped import MappedText
    from imagelint.documents.shell.script import Command, Script, Word

_MOVING = frozenset({"mv", "cp", "ln", "install"})
_NOWHERE = "/?"
_EDITING = frozenset({"sed", "perl", "patch", "rm", "curl", "wget", "awk", "truncate", "jq"})
_ADDING = (">>", "&>>")
_OVERWRITING = (">", ">|", "&>", "1>", *_ADDING)
# Line endings of Windows are taken away; what remains means the same.
_LINE_ENDINGS = pattern(r"s(.)\\r(?:\\?\$|\\n|\$)?\1\1g?")


class FileChange(NamedTuple):
    """Where the content of a file was before a script: at `path`, or written by the script.

    `texts` stand behind one another, behind what was at the path where there is one. Without
    either nobody knows what the script has made of it.
    """

    path: str = ""
    texts: tuple[MappedText, ...] = ()


class _Step(NamedTuple):
    """A command with the folder in which it runs, empty where nobody knows, and its input.

    `opened` are those of its redirects that commands before it have written to: of their group.
    """

    command: Command
    folder: str
    given: MappedText | None
    opened: frozenset[Span]


def change_of(script: Script, path: str, workdir: str) -> FileChange | None:
    """What the commands of a script that concern a file do with it; None: nothing."""
    if basename(path) not in names_changed(script):
        return None
    added: tuple[MappedText, ...] = ()
    found = path
    for step in reversed(_steps(script, workdir)):
        change = _change(step, found, script.shell)
        if change is None:
            continue
        if not change.path:
            return change._replace(texts=(*change.texts, *added)) if change.texts else change
        added = (*change.texts, *added)
        found = change.path
        if found == _NOWHERE:
            return _UNKNOWN
    return FileChange(found, added) if added or found != path else None


def _steps(script: Script, workdir: str) -> list[_Step]:
    """The commands of a script, each with its folder and what the one before it writes for it."""
    found: list[_Step] = []
    folder = workdir
    inside = "(" in script.text  # where a subshell ends, no command tells
    before: Command | None = None
    text: MappedText | None = None
    seen: set[Span] = set()
    for command in script.commands:
        piped = before is not None and (before.pipe, before.stage + 1) == (
            command.pipe,
            command.stage,
        )
        given = text if piped else None
        places = frozenset(redirect.span for redirect in command.redirects)
        found.append(_Step(command, folder, given, places & seen))
        seen |= places
        if command.program == "cd":
            folder = "" if inside else _entered(command, folder)
        before, text = command, output_text(command, given, script.shell)
    return found


def _entered(command: Command, folder: str) -> str:
    words = [word for word in command.arguments if not word.text.startswith("-")]
    sure = command.unconditional and len(words) == 1 and isinstance(words[0].value, Known)
    return _place(words[0].text, folder) if sure else ""


def _change(step: _Step, path: str, shell: str) -> FileChange | None:
    """What one command does with a file: with its own path where it adds to it."""
    command, folder, given, opened = step
    for redirect in command.redirects:
        if redirect.operator in _OVERWRITING and _is(redirect.target, path, folder):
            adds = redirect.operator in _ADDING or redirect.span in opened
            return _written(output_text(command, given, shell), path if adds else "")
    if command.program == "tee" and any(_is(word, path, folder) for word in command.arguments):
        adds = command.has_flag("-a", "--append")
        return _written(output_text(command, given, shell), path if adds else "")
    moved = _moved(command, path, folder) if command.program in _MOVING else ""
    if moved in STANDARD_INPUT:
        text = output_text(command._replace(program="tee"), given, shell)
        return _written(text, "")
    if moved:
        return FileChange(moved)
    if command.program in _EDITING and _edits(command, path, folder):
        return _UNKNOWN
    return None


_UNKNOWN = FileChange()


def _written(text: MappedText | None, path: str) -> FileChange:
    return _UNKNOWN if text is None else FileChange(path, (text,))


@remembered_briefly
def names_changed(script: Script) -> frozenset[str]:
    """The names of all files that the script may change: most scripts are asked in vain."""
    texts: list[str] = []
    for command in script.commands:
        texts += [one.target.text for one in command.redirects if one.target is not None]
        if command.program in _MOVING or command.program in _EDITING or command.program == "tee":
            texts += [word.text for word in command.arguments]
    return frozenset(basename(one) for text in texts for one in (text, normpath(text)))


def _is(word: Word | None, path: str, folder: str) -> bool:
    known = word is not None and isinstance(word.value, Known)
    return known and word is not None and _place(word.text, folder) == path


def _place(text: str, folder: str) -> str:
    return absolute(text, folder) if folder or text.startswith("/") else ""


def _moved(command: Command, path: str, folder: str) -> str:
    """From where a command brings a file to a path, empty when it does not."""
    words = [word.text for word in command.arguments if not word.text.startswith("-")]
    if command.program == "install":
        words = words[-2:]  # modes and owners stand before
    if len(words) < 2:  # noqa: PLR2004 - from, to
        return ""
    *sources, target = words
    place = _place(target, folder)
    if command.program == "ln" and command.has_flag("-s", "--symbolic"):
        folder = dirname(path)  # a link leads on from where it lies
    for source in sources:
        if place == path or (place == dirname(path) and basename(source) == basename(path)):
            return source if source in STANDARD_INPUT else _place(source, folder) or _NOWHERE
    return ""


def _edits(command: Command, path: str, folder: str) -> bool:
    if command.program == "sed" and any(_LINE_ENDINGS.fullmatch(w.text) for w in command.arguments):
        return False
    names = (path, basename(path))
    return any(_is(word, path, folder) or word.text in names for word in command.arguments)
