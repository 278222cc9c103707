"""Questions about what a script installs, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.packages.installs import refreshed_manager
from imagelint.documents.packages.lookup import manager_call

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command, Script

__all__ = ["lone_refresh"]

# Programs that install nothing, whatever they are told.
_INSTALLING_NOTHING = frozenset(
    {
        ":",
        "[",
        "[[",
        "addgroup",
        "adduser",
        "cat",
        "cd",
        "chgrp",
        "chmod",
        "chown",
        "chpasswd",
        "cp",
        "date",
        "dpkg-reconfigure",
    }
    | {"echo", "exit", "export", "false", "find", "grep", "groupadd", "head", "id", "install"}
    | {"ln", "locale-gen", "ls", "mkdir", "mv", "printf", "pwd", "rm", "rmdir", "sed", "set"}
    | {"sleep", "sort", "tail", "tee", "test", "touch", "tr", "true", "umask", "unset"}
    | {"update-ca-certificates", "useradd", "usermod", "wc"}
)


def lone_refresh(script: Script) -> Command | None:
    """The last command of a script that fetches an index of packages which nothing there uses.

    None where something may: packages, or a program that nobody knows.
    """
    last = None
    for command in script.commands:
        if refreshed_manager(command) is not None:
            last = command
        elif last is not None and _may_install(command):
            return None
    return last


def _may_install(command: Command) -> bool:
    if not command.words:
        return False
    call = manager_call(command)
    if call is None:
        return command.program not in _INSTALLING_NOTHING
    return not call.words.complete or not call.says(*call.manager.removes, *call.manager.cleaning)
