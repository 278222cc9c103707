"""Questions about the users that a Dockerfile creates."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.queries.dockerfiles.runscripts import flag_word, run_scripts
from imagelint.documents.queries.stages import chain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.shell.script import Command, Word

__all__ = ["Account", "Membership", "accounts", "before_start", "memberships", "operands"]

_AT_THE_END = ("CMD", "ENTRYPOINT", "EXPOSE", "HEALTHCHECK", "LABEL", "STOPSIGNAL")
# Options with a value of their own: of useradd(8) and usermod(8), and of adduser(8) of Debian and
# of Busybox.
_VALUED = {
    "useradd": frozenset("bcdefFgGkKpPRsuZ"),
    "usermod": frozenset("cdefgGlpPRsuvVwWZ"),
    "adduser": frozenset("hgsGuk"),
    "gpasswd": frozenset("aAdMR"),
    "addgroup": frozenset("g"),
}
_LONG = frozenset(
    {"--base-dir", "--comment", "--conf", "--expiredate", "--firstgid", "--firstuid", "--gecos"}
    | {"--gid", "--groups", "--home", "--home-dir", "--inactive", "--ingroup", "--key", "--lastgid"}
    | {"--lastuid", "--password", "--prefix", "--root", "--shell", "--skel", "--uid"}
)
# Options by which homes are made in other places than `/home`.
_ELSEWHERE = ("-b", "--base-dir", "-R", "--root", "-P", "--prefix")


class Account(NamedTuple):
    """A user that a script creates: the word of its name, and its number where that is told.

    `home` is its home folder, empty where nobody knows.
    """

    span: Span
    name: str
    number: str = ""
    home: str = ""


class Membership(NamedTuple):
    """A user and the supplementary groups that a command gives it."""

    span: Span
    user: str
    groups: tuple[str, ...]


def before_start(stage: Stage, user: Account) -> Span | None:
    """Where USER can stand behind all that may need root; None before the user is there."""
    ends = list(takewhile(lambda one: one.keyword in _AT_THE_END, reversed(stage.instructions)))
    if not ends or ends[-1].span.start < user.span.end:
        return None
    return Span(ends[-1].span.start, ends[-1].span.start)


def operands(command: Command) -> tuple[Word, ...]:
    """The words of a program for accounts that are neither options nor their values."""
    valued = _VALUED.get(command.program, frozenset())
    found: list[Word] = []
    skip = False
    for word in command.arguments:
        text = word.text
        if skip:
            skip = False
        elif not text.startswith("-") or text == "-":
            found.append(word)
        elif text.startswith("--"):
            skip = text in _LONG
        else:
            at = next((at for at, one in enumerate(text[1:], 1) if one in valued), 0)
            skip = at == len(text) - 1 and at > 0
    return tuple(found)


def _scripts_commands(document: Document, stage: Stage) -> Iterator[Command]:
    for part in reversed(chain(document, stage)):
        for script in run_scripts(part):
            yield from script.commands


def accounts(document: Document, stage: Stage) -> Iterator[Account]:
    """The users that the scripts of a stage, and of those below it, create."""
    for command in _scripts_commands(document, stage):
        if command.program not in ("useradd", "adduser"):
            continue
        names = operands(command)
        if command.program == "adduser" and len(names) > 1:
            continue  # `adduser user group`
        if not names or not isinstance(names[-1].value, Known):
            continue
        number = flag_word(command, "-u", "--uid")
        text = number.text.rpartition("=")[2] if number else ""
        name = names[-1].text
        yield Account(names[-1].span, name, text if text.isdecimal() else "", _home(command, name))


def _home(command: Command, name: str) -> str:
    """The home folder that a user is created with."""
    if flag_word(command, *_ELSEWHERE) is not None:
        return ""
    told = flag_word(command, "-d", "--home-dir", "--home")
    if told is None and command.program == "adduser":
        told = flag_word(command, "-h")  # of Busybox
    if told is None:
        return f"/home/{name}"
    return told.text.rpartition("=")[2] if isinstance(told.value, Known) else ""


def memberships(document: Document, stage: Stage) -> Iterator[Membership]:
    """The supplementary groups that the scripts of a stage, and those below it, give to users."""
    for command in _scripts_commands(document, stage):
        names = [word.text for word in operands(command)]
        match command.program:
            case "useradd" | "usermod":
                groups = _listed(command)
                if groups and names:
                    yield Membership(command.span, names[-1], groups)
            case "adduser" | "addgroup" if len(names) > 1:
                yield Membership(command.span, names[0], (names[1],))
            case "gpasswd" if names:
                user = flag_word(command, "-a", "--add")
                if user is not None:
                    yield Membership(command.span, user.text.rpartition("=")[2], (names[-1],))
            case _:
                pass


def _listed(command: Command) -> tuple[str, ...]:
    """The groups behind `-G`, also in `-aG`."""
    for at, word in enumerate(command.arguments):
        text = word.text
        if text.startswith("--groups="):
            return tuple(text.partition("=")[2].split(","))
        short = text[:1] == "-" and text[1:2] != "-" and text.endswith("G")
        if (short or text == "--groups") and at + 1 < len(command.arguments):
            return tuple(command.arguments[at + 1].text.split(","))
    return ()
