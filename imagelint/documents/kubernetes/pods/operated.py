"""What an operator adds to a container, and what its object tells the server in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.documents.kubernetes.identity import is_own
from imagelint.documents.yaml.nodes import Scalar, Sequence
from imagelint.knowledge.kubernetes.operators import (
    AS_WRITTEN,
    COMPLETED,
    EVERYTHING,
    GPUS,
    NOTHING,
    Instructions,
    workload,
)

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import Container, KubernetesObject
    from imagelint.documents.kubernetes.pods.shapes import PodPath
    from imagelint.documents.serving.launch import Told
    from imagelint.documents.shell.script import Word
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.knowledge.kubernetes.operators import Additions, Workload

# KServe's template hands the words to `eval`.
_SHELL = "bash"


def additions(adds: Additions, body: Cursor, name: str, pod: PodPath) -> Additions:
    """What of an operator's additions reaches one container of a pod."""
    reached = adds.containers
    if "*" in reached or name in reached:
        return adds
    if body.node is pod.spec.node:
        return EVERYTHING  # of a container outside of any pod, the operator makes all else
    if "single" in reached and body is pod.single:
        return adds
    return adds if "first" in reached and _is_first(body, pod) else NOTHING


def _is_first(body: Cursor, pod: PodPath) -> bool:
    containers = pod.spec["containers"].node
    if not isinstance(containers, Sequence) or not containers.items:
        return False
    return containers.items[0] is body.node


def instructions(container: Container) -> Instructions:
    """Where the object of a container tells its server something; nowhere for a sidecar."""
    if container.adds is NOTHING:
        return Instructions()
    return workload_of(container.owner).tells


def workload_of(obj: KubernetesObject) -> Workload:
    """What becomes of the pods that an object holds."""
    if obj.incomplete:
        return COMPLETED
    return AS_WRITTEN if is_own(obj) else workload(obj.group, obj.kind)


def told(tells: Instructions, container: Container) -> tuple[Told, ...]:
    """What the object itself tells the server: how to split the model, and which one it is."""
    from imagelint.documents.serving.launch import Told

    found = []
    for option, keys in tells.options:
        place = nearest(container.body, keys)
        if place is not None and option != GPUS:
            found.append(Told(place.span, option, _text(place), ".".join(keys)))
    address = nearest(container.body, tells.address) if tells.address else None
    if address is not None:
        written = ".".join(tells.address)
        found.append(Told(address.span, "model", _text(address), written))
        found.append(Told(address.span, "revision", _revision(address), written))
    return tuple(found)


def _revision(address: Cursor) -> Fact[str]:
    """At what an operator fetches a model: `hf://owner/name:commit`, or the hub's own branch.

    Other addresses say it in ways of their own.
    Source: kserve/kserve:python/storage/kserve_storage/kserve_storage.py (`_download_hf`).
    """
    fact = address.text()
    if not isinstance(fact, Known) or not fact.value.startswith("hf://"):
        return UNKNOWN
    revision = fact.value.removeprefix("hf://").partition(":")[2]
    return Known(revision or "main", address.span)


def _text(place: Cursor) -> Fact[str]:
    fact = place.text()
    return UNKNOWN if fact is ABSENT else fact


def nearest(body: Cursor, keys: tuple[str, ...]) -> Cursor | None:
    """The place at the end of the keys, seen from a container or a pod outwards."""
    around: Cursor | None = body
    while around is not None:
        place = around.at(*keys)
        if place.exists and not place.null:
            return place
        around = around.parent
    return None


def appended_words(names: tuple[str, ...], body: Cursor) -> tuple[Word, ...]:
    """The words in variables whose value the operator's own command ends with."""
    found: list[Word] = []
    for variable in body["env"].items():
        if variable["name"].word() in names:
            found += _words(variable["value"])
    return tuple(found)


def _words(value: Cursor) -> tuple[Word, ...]:
    from imagelint.documents.serving.startscript import (
        map_scalar,
        read_mapped_script,
        unknown_word,
    )
    from imagelint.documents.shell.script import ScriptRole

    scalar = value.node
    if not isinstance(scalar, Scalar) or not isinstance(value.text(), Known):
        return (unknown_word(value),)
    if not scalar.text.strip():
        return ()
    mapped = map_scalar(scalar)
    script = read_mapped_script(  # noqa: S604 - it is read, not run
        mapped,
        ScriptRole.START,
        shell="bash",
        variables={},
        path=value.path,
    )
    if not script.readable or len(script.commands) != 1:
        return (unknown_word(value),)
    return script.commands[0].words
