"""Questions about steps of a build that need root, and run as somebody else."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.dockerfile.model import end_of
from imagelint.documents.packages.installs import package_installs, refreshed_manager
from imagelint.documents.packages.lookup import manager_call
from imagelint.documents.queries.building.depth import is_deep
from imagelint.documents.queries.dockerfiles.runscripts import own_scripts
from imagelint.documents.queries.stages import chain, is_windows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.shell.script import Command

__all__ = ["Refused", "refused_steps"]

_ROOT = frozenset(("root", "0", ""))
# What gives others the rights of root, or makes them unneeded.
_RAISING = ("sudo", "doas", "fakeroot", "setcap", "suid", "u+s", "4755", "proot")
_FETCHING = frozenset(("download", "source", "changelog", "search"))


class Refused(NamedTuple):
    """A command that needs root, what it says, and the USER that it runs as."""

    command: Command
    said: str
    user: Instruction


def refused_steps(document: Document, stage: Stage) -> Iterator[Refused]:
    """The first command of each RUN that a distribution's package manager refuses to run."""
    if is_windows(stage) or is_deep(document, stage):
        return
    inherited, users = _inherited(document, stage), stage.of("USER")
    for script in own_scripts(stage):
        before = bisect_right(users, script.span.start, key=end_of)
        user = users[before - 1] if before else inherited
        if user is None or _is_root(user) or any(word in script.text for word in _RAISING):
            continue
        found = next(filter(None, map(_needs_root, script.commands)), None)
        if found is not None:
            yield Refused(found[0], found[1], user)


def _inherited(document: Document, stage: Stage) -> Instruction | None:
    """The USER that the stages below leave in force."""
    for part in chain(document, stage)[1:]:
        users = part.of("USER")
        if users:
            return users[-1]
    return None


def _is_root(user: Instruction) -> bool:
    """Whether somebody is root, or may be."""
    word = user.words[0] if user.words else None
    if word is None or not isinstance(word.value, Known):
        return True
    return word.text.partition(":")[0] in _ROOT


def _needs_root(command: Command) -> tuple[Command, str] | None:
    """A command with what it says, where only root may run it."""
    call = manager_call(command)
    if call is None or not call.manager.ecosystem.is_system or not command.unconditional:
        return None
    if command.nested or command.wrappers:
        return None
    if refreshed_manager(command) is not None:
        return command, f"{command.program} {call.manager.refresh[0]}"
    installs = [one for one in package_installs(command) if one.verb not in _FETCHING]
    return (command, f"{command.program} {installs[0].verb}") if installs else None
