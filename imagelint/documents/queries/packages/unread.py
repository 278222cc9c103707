"""Files of settings that nothing reads, and what there is to say of each."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, assert_never

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.documents.base import Node
    from imagelint.documents.shell.script import Command

__all__ = ["Unread", "UnreadFile"]


class Unread(Enum):
    """Why a file is not read."""

    NAME = "the name of it does not fit its folder"
    PLACE = "its place is none where the program looks"
    HOME = "it lies in another user's home"
    LATE = "everything was installed before"
    ELSEWHERE = "everything is installed in other stages"
    MOUNTED = "a secret lies where the program does not look"


class UnreadFile(NamedTuple):
    """A file of settings that nothing reads.

    `place` is the word or flag that puts it at `path`, `reader` the program that should, `by` the
    command that it runs in. `better` is a path where it would be read, empty where none is known.
    """

    place: Node
    path: str
    why: Unread
    reader: str = ""
    by: Command | None = None
    better: str = ""

    @property
    def message(self) -> str:
        """What is wrong, in words."""
        path, reader = self.path, self.reader
        match self.why:
            case Unread.NAME:
                return f"`{path}` is passed over because of its name"
            case Unread.PLACE:
                return f"{reader} does not look for `{path}`"
            case Unread.HOME:
                return f"{reader} runs as a user whose home `{path}` is not in"
            case Unread.LATE:
                return f"`{path}` comes behind all that {reader} installs"
            case Unread.ELSEWHERE:
                return f"{reader} installs nothing in this stage"
            case Unread.MOUNTED:
                return f"the secret lies at `{path}`, where {reader} does not look"
            case never:
                assert_never(never)

    @property
    def help(self) -> str:
        """What to write instead."""
        better = f"`{self.better}`" if self.better else "a place where it looks"
        match self.why:
            case Unread.NAME:
                return f"name it {better}"
            case Unread.PLACE | Unread.HOME:
                return f"put it at {better}"
            case Unread.LATE:
                return f"put it before `{self.reader}`"
            case Unread.ELSEWHERE:
                return "put it into the stage that installs"
            case Unread.MOUNTED:
                return (
                    f"add `target={self.better}`" if self.better else "name its place by `target`"
                )
            case never:
                assert_never(never)
