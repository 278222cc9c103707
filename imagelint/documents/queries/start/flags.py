"""Flags that a server is told and its engine does not take."""

from __future__ import annotations

from functools import lru_cache
from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.core.nearest import nearest
from imagelint.core.record import NamedTuple
from imagelint.documents.serving.switches import FALSE
from imagelint.knowledge.engines import RemovedFlag
from imagelint.knowledge.serving.flags import flag_history
from imagelint.knowledge.versions import at_least

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.serving.switches import Switch
    from imagelint.knowledge.engines import Engine
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
    version = value_or(server.engine_version, "")
    if known.predates(version):
        return
    for switch in (one for one in server.switches if _is_flag(one, server)):
        flag = switch.written.lstrip("-").replace("_", "-")
        if not known.knows(flag):
            if not _is_in_table(server.facts, flag):
                sure = server.own_image and bool(version) and known.covers(version)
                meant = _nearest(server.engine, flag)
                # Among keys are fields of the engine that no flag is named after.
                if meant or not server.keyed:
                    yield UnknownFlag(switch, meant=_as_written(meant, switch, known), sure=sure)
        elif version and (since := known.came_after(flag, version)):
            yield UnknownFlag(switch, since=since, sure=server.own_image)


def _is_flag(switch: Switch, server: ServingCommand) -> bool:
    """Whether a switch is a flag by its whole name, or a key that stands for one."""
    if switch.variable or server.keyed or switch.written.startswith("--"):
        return not switch.variable
    # vLLM hands on nothing of what is switched off in its file.
    return switch.keyed and value_or(switch.value, "") != FALSE


def _is_in_table(facts: Engine, flag: str) -> bool:
    """Whether the table of an engine has a flag, be it negated or removed."""
    own = {*facts.flags, *facts.booleans, *facts.lists, *(one.flag for one in facts.removed)}
    return flag in own or flag.removeprefix("no-") in own


def _as_written(flag: str, switch: Switch, known: FlagHistory) -> str:
    """A flag as it is written among words, or among the keys of a mapping."""
    if not flag:
        return ""
    if switch.written.startswith("--"):
        return f"--{known.spelt(flag)}"
    return flag if "-" in switch.written else flag.replace("-", "_")


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
    """Whether the program is the server itself, and no other that starts the engine.

    What Ray hands on by its keys it compares with those of the engine (ray-project/ray:
    python/ray/llm/_internal/serve/engines/vllm/vllm_models.py, `from_llm_config`).
    """
    if server.worker:
        return server.keyed
    program = server.program
    if program is None:
        return server.own_image or server.launch.engine == server.engine
    if basename(program.text) in known.programs:
        return True
    return any(module in text for text in server.launch.written for module in known.modules)
