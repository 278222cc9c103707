"""What a RUN makes of a file that an earlier instruction has copied."""

from __future__ import annotations

from posixpath import basename, dirname, normpath
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.context.copies import absolute
from imagelint.documents.remembered import remembered_briefly

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command, Redirect, Script, Word

_MOVING = frozenset({"mv", "cp", "ln", "install"})
_NOWHERE = "/?"
_EDITING = frozenset({"sed", "perl", "patch", "tee", "rm", "curl", "wget", "awk", "truncate", "jq"})
# Line endings of Windows are taken away; what remains means the same.
_LINE_ENDINGS = pattern(r"s(.)\\r(?:\\?\$|\\n|\$)?\1\1g?")


class FileChange(NamedTuple):
    """Where the content of a file was before a script: at `path`, or in `body`.

    Without either nobody knows what the script has made of it.
    """

    path: str = ""
    body: Word | None = None


def change_of(script: Script, path: str, workdir: str) -> FileChange | None:
    """What the last command of a script that concerns a file does with it; None: nothing."""
    if basename(path) not in names_changed(script):
        return None
    folder = workdir if not any(one.program == "cd" for one in script.commands) else ""
    for command in reversed(script.commands):
        for redirect in command.redirects:
            if redirect.operator in (">", ">>", ">|") and _is(redirect.target, path, folder):
                return FileChange(body=_body(command, redirect))
        moved = _moved(command, path, folder) if command.program in _MOVING else ""
        if moved:
            return FileChange(moved)
        if command.program in _EDITING and _edits(command, path, folder):
            return FileChange()
    return None


@remembered_briefly
def names_changed(script: Script) -> frozenset[str]:
    """The names of all files that the script may change: most scripts are asked in vain."""
    texts: list[str] = []
    for command in script.commands:
        texts += [one.target.text for one in command.redirects if one.target is not None]
        if command.program in _MOVING or command.program in _EDITING:
            texts += [word.text for word in command.arguments]
    return frozenset(basename(one) for text in texts for one in (text, normpath(text)))


def _is(word: Word | None, path: str, folder: str) -> bool:
    known = word is not None and isinstance(word.value, Known)
    return known and word is not None and _place(word.text, folder) == path


def _place(text: str, folder: str) -> str:
    return absolute(text, folder) if folder or text.startswith("/") else ""


def _body(command: Command, redirect: Redirect) -> Word | None:
    """What `cat > FILE <<'EOF'` writes."""
    others = [one for one in command.redirects if one is not redirect]
    if command.program != "cat" or len(command.words) > 1 or len(others) != 1:
        return None
    one = others[0]
    literal = one.target is not None and isinstance(one.target.value, Known)
    same = one.target is not None and one.target.text == one.target.raw
    whole = redirect.operator != ">>" and one.operator.startswith("<<") and literal and same
    return one.target if whole else None


def _moved(command: Command, path: str, folder: str) -> str:
    """From where a command brings a file to a path, empty when it does not."""
    words = [word.text for word in command.arguments if not word.text.startswith("-")]
    if len(words) < 2:  # noqa: PLR2004 - from, to
        return ""
    *sources, target = words
    place = _place(target, folder)
    if command.program == "ln" and command.has_flag("-s", "--symbolic"):
        folder = dirname(path)  # a link leads on from where it lies
    for source in sources:
        if place == path or (place == dirname(path) and basename(source) == basename(path)):
            return _place(source, folder) or _NOWHERE
    return ""


def _edits(command: Command, path: str, folder: str) -> bool:
    if command.program == "sed" and any(_LINE_ENDINGS.fullmatch(w.text) for w in command.arguments):
        return False
    names = (path, basename(path))
    return any(_is(word, path, folder) or word.text in names for word in command.arguments)
