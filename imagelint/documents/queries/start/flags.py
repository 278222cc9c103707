"""Flags that a server is told and its engine does not take."""

from __future__ import annotations

from functools import lru_cache
from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.nearest import nearest
from imagelint.core.record import NamedTuple
from imagelint.knowledge.engines import RemovedFlag
from imagelint.knowledge.serving.flags import flag_history
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.serving.switches import Switch
    from imagelint.knowledge.serving.flags import FlagHistory


_KEPT = 1_000  # flags that nobody knows


class UnknownFlag(NamedTuple):
    """A flag that ends the server.

    `since` is the release with which it came where it is only too new, `meant` the flag that is
    most like it, both empty without. `sure` tells that the sources of the release have it not.
    """

    switch: Switch
    since: str = ""
    meant: str = ""
    sure: bool = True


def unknown_flags(server: ServingCommand) -> Iterator[UnknownFlag]:
    """The flags of a server that no release of its engine has, or only a newer one."""
    known = flag_history(server.engine) if server.engine and not server.concluded else None
    if known is None or server.facts is None or not _takes_them(server, known):
        return
    version = server.engine_version.value if isinstance(server.engine_version, Known) else ""
    if known.predates(version):
        return
    own = {*server.facts.flags, *server.facts.booleans, *server.facts.lists}
    own |= {removed.flag for removed in server.facts.removed}
    for switch in server.switches:
        if switch.variable or not switch.written.startswith("--"):
            continue
        flag = switch.written.lstrip("-").replace("_", "-")
        if not known.knows(flag):
            if flag not in own and flag.removeprefix("no-") not in own:
                sure = server.own_image and bool(version) and known.covers(version)
                meant = known.spelt(_nearest(server.engine, flag))
                yield UnknownFlag(switch, meant=meant, sure=sure)
        elif version and (since := known.came_after(flag, version)):
            yield UnknownFlag(switch, since=since, sure=server.own_image)


@lru_cache(_KEPT)
def _nearest(engine: str, flag: str) -> str:
    known = flag_history(engine)
    return nearest(flag, known.since) if known else ""


def removed_flags(server: ServingCommand) -> Iterator[RemovedFlag]:
    """What the engine of a server no longer takes: what its table tells, with advice, and the rest.

    The rest is what the sources of its releases have no more, of those that this one is told; it
    is certain only where the release is known.
    """
    told = server.facts.removed if server.facts else ()
    yield from told
    known = flag_history(server.engine) if server.engine and not server.concluded else None
    version = server.engine_version
    if known is None or not isinstance(version, Known) or not _takes_them(server, known):
        return
    said = {removed.flag or removed.variable for removed in told}
    flags = {switch.name for switch in server.switches if not switch.variable} - said
    names = {variable.name for variable in server.launch.env} - said
    for flag in sorted(flags & known.gone.keys()):
        if at_least(version.value, known.gone[flag]):
            yield _gone(flag, "", known.gone[flag])
    for name in sorted(names & known.variables_gone.keys()):
        if at_least(version.value, known.variables_gone[name]):
            yield _gone("", name, known.variables_gone[name])


def _gone(flag: str, variable: str, removed: str) -> RemovedFlag:
    return RemovedFlag(
        flag=flag,
        variable=variable,
        deprecated="",
        removed=removed,
        replacement="",
        advice="",
        source="",
    )


def _takes_them(server: ServingCommand, known: FlagHistory) -> bool:
    """Whether the program is the server itself, and no other that starts the engine."""
    if server.worker:
        return False
    program = server.program
    if program is None:
        return server.own_image
    if basename(program.text) in known.programs:
        return True
    return any(module in text for text in server.launch.written for module in known.modules)
