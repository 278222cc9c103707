"""Questions about a serving command that several rules ask."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.documents.booleans import hub_variable
from imagelint.documents.runtime.field import Place
from imagelint.documents.shell.script import Command
from imagelint.knowledge.recognition import cluster_variables, forms_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.serving.command import ServingCommand
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Word

_WORKERS = frozenset(("workerTemplate", "workerSpec", "workerGroupSpecs"))
_COMMIT = pattern(r"[0-9a-f]{40}", re.ASCII)


def place_of(server: ServingCommand, fact: Fact[int] | Fact[float] | Fact[str]) -> Place:
    """Where a fact is written; the server itself for a default."""
    span = fact.span if isinstance(fact, Known) else None
    return Place(span or server.span, server.path)


def variable(server: ServingCommand, name: str) -> EnvVar | None:
    """The variable of the container that counts, which is the last of its name."""
    found = [one for one in server.launch.env if one.name == name]
    return found[-1] if found else None


def setting(server: ServingCommand, name: str) -> Fact[str]:
    """The value of a variable of the container; absent only if all of them are in sight."""
    found = variable(server, name)
    if found is not None:
        return found.value
    return ABSENT if server.launch.env_complete else UNKNOWN


def switched_on(server: ServingCommand, name: str, means_yes: Callable[[str], bool]) -> bool:
    """Whether a variable is set to something that means yes to who reads it."""
    fact = setting(server, name)
    return isinstance(fact, Known) and means_yes(fact.value)


def is_commit(revision: Fact[str]) -> bool:
    """Whether a revision is a whole commit, the only thing on the hub that does not move."""
    return isinstance(revision, Known) and _COMMIT.fullmatch(revision.value) is not None


def is_offline(server: ServingCommand) -> bool:
    """Whether the server is kept from the Hugging Face hub, so that its weights are in place."""
    names = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")
    return any(switched_on(server, name, hub_variable) for name in names)


def gpu_count(server: ServingCommand, per_node: int | None = None) -> Fact[int]:
    """How many GPUs one container gets; `per_node` stands in where it asks for all of a host."""
    gpus = server.launch.runtime.gpus
    if not isinstance(gpus, Known):
        return gpus
    request = gpus.value
    if isinstance(request.quantity, Known):
        count = request.quantity.value
        return Known(int(count), request.span) if count == int(count) else UNKNOWN
    if per_node is None or not server.launch.runtime.platform.own_host:
        return UNKNOWN
    return Known(per_node, request.span)


def processors(server: ServingCommand, devices: int) -> range:
    """How many processors that many devices may have, over which a model is split."""
    from imagelint.knowledge.accelerators import accelerator

    gpus = server.launch.runtime.gpus
    kind = accelerator(gpus.value.resource) if isinstance(gpus, Known) else None
    fewest, most = (kind.fewest, kind.most) if kind is not None else (1, 1)
    return range(devices * fewest, devices * most + 1)


def pods_of_server(server: ServingCommand) -> Fact[int]:
    """How many pods form the server; unknown when it spans machines without saying how many."""
    group = server.launch.runtime.group
    if not isinstance(group, Known):
        return UNKNOWN
    return UNKNOWN if group.value == 1 and _spans_machines(server) else group


def _spans_machines(server: ServingCommand) -> bool:
    """Whether the server may be spread over machines although one pod is all that is written.

    An executor for several machines takes those of the cluster that it finds; where nobody forms
    or names one, it has its own machine.
    """
    if any(map(forms_cluster, server.launch.written)):
        return True
    spans = server.spans_machines()
    if not (isinstance(spans, Known) and spans.value):
        return False
    joined = any(setting(server, name) is not ABSENT for name in cluster_variables())
    return joined or not server.complete or server.is_told_its_machines


def workers(server: ServingCommand, per_node: int | None = None) -> Fact[int]:
    """How many processes of the server share the memory of one container."""
    if server.facts and server.facts.traits.one_process:
        return Known(1)
    gpus, world, pods = gpu_count(server, per_node), server.world_size(), pods_of_server(server)
    if server.uses_all_gpus and not isinstance(world, Known):
        return gpus
    if not isinstance(world, Known) or pods == Known(1):
        return world
    if not isinstance(gpus, Known):
        return UNKNOWN
    return Known(min(world.value, gpus.value), world.span)


def least_workers(server: ServingCommand, per_node: int | None = None) -> Fact[int]:
    """The same, or how many there are at least where some of what the server is told is unknown."""
    count = workers(server, per_node)
    if count is UNKNOWN and pods_of_server(server) == Known(1):
        return server.least_world_size()
    return count


def interpreter_option(document: Document, server: ServingCommand) -> Word | None:
    """The option that stands directly behind the interpreter of a server: `-O` of `python -O -m`.

    Also in the text of a shell.
    """
    program = server.program
    if program is None:
        return None
    behind = dict(_pairs(server.launch.argv)).get(program.span)
    behind = behind or document.derived(_followers).get(program.span)
    return behind if behind is not None and behind.text.startswith("-") else None


def _pairs(words: Sequence[Word]) -> Iterator[tuple[Span, Word]]:
    """The places of words, each with the word behind it; of equal places the first counts."""
    return ((word.span, behind) for word, behind in zip(words[-2::-1], words[:0:-1], strict=True))


def _followers(document: Document) -> dict[Span, Word]:
    """The word behind each word of all commands: one walk, however many servers are asked about."""
    return {
        place: behind
        for command in reversed(document.nodes_of(Command))
        for place, behind in _pairs(command.words)
    }


def is_worker_pod(server: ServingCommand) -> bool:
    """Whether its pod is one of the followers in a group that an object writes out apart."""
    places = server.launch.runtime.path.replace("[", ".").split(".")
    return not _WORKERS.isdisjoint(places)


def gpus_in_words(count: int) -> str:
    """`1 GPU`, `2 GPUs`."""
    return f"{count} GPU" if count == 1 else f"{count} GPUs"


def title(server: ServingCommand) -> str:
    """What to call the server in a sentence."""
    return server.facts.title if server.facts else "the server"


def variable_of(server: ServingCommand, flag: str) -> str:
    """The variable that says what a flag does; empty without one."""
    known = server.facts
    names = known.environment.items() if known else ()
    return next((name for name, main in names if main == flag), "")


def spelling(server: ServingCommand, flag: str, value: str) -> str:
    """How to tell the server something, in the way in which it is told already."""
    if server.keyed:
        return f"{flag.replace('-', '_')}: {value}"
    # An address is a host with a port.
    variable = variable_of(server, flag) or (
        variable_of(server, "address") if flag == "host" else ""
    )
    said = server.find_switch(flag)
    if said is not None and said.variable:
        return f"{said.written}={value}"
    by_variables = server.facts is not None and server.facts.traits.told_by_variables
    others = server.switches and all(switch.variable for switch in server.switches)
    if variable and (by_variables or (said is None and others)):
        return f"{variable}={value}"
    return f"--{flag} {value}"
