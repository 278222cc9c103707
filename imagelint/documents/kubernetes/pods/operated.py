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
    NOTHING,
    OF_CONTAINER,
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

_LEADERS, _WORKERS = "leaderTemplate", "workerTemplate"
_OF_GROUPS = (_LEADERS, _WORKERS)
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
    if container.adds is NOTHING or _is_scheduler(container.body):
        return Instructions()
    return workload_of(container.owner).tells


def _is_scheduler(body: Cursor) -> bool:
    """Whether a container picks the servers for requests: it has the name of one, and serves none.

    Source: kserve/kserve:config/llmisvcconfig/config-llm-scheduler.yaml (`router.scheduler`).
    """
    around: Cursor | None = body
    while around is not None and around.key != "scheduler":
        around = around.parent
    return around is not None


def workload_of(obj: KubernetesObject) -> Workload:
    """What becomes of the pods that an object holds."""
    if obj.incomplete:
        return COMPLETED
    kind = f"{obj.kind} of {obj.merged}" if obj.merged else obj.kind
    return AS_WRITTEN if is_own(obj) else workload(obj.group, kind)


def told(tells: Instructions, container: Container) -> tuple[Told, ...]:
    """What the object itself tells the server: how to split the model, and which one it is."""
    from imagelint.documents.serving.launch import Told

    found = []
    for option, places in tells.options:
        place = told_at(container.body, places) if option not in OF_CONTAINER else None
        if place is not None:
            found.append(Told(place.span, option, _text(place), place.key))
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


def told_at(body: Cursor, places: tuple[tuple[str, ...], ...]) -> Cursor | None:
    """The first of some places that is there, each seen from a container outwards."""
    found = (nearest(body, keys) for keys in places)
    return next((place for place in found if place is not None), None)


def group_variables(spec: Cursor) -> dict[str, Fact[str]]:
    """What a group of pods tells each of them of the group, before its own variables.

    Leaders are the first of their group. What workers are is only known where they run.
    Source: kubernetes-sigs/lws:pkg/utils/pod/pod_utils.go (`AddLWSVariables`).
    """
    template: Cursor | None = spec
    while template is not None and template.key not in _OF_GROUPS:
        template = template.parent
    if template is None or template.parent is None:
        return {}
    group = template.parent
    found: dict[str, Fact[str]] = {}
    size = group["size"].text()
    if isinstance(size, Known):
        found["LWS_GROUP_SIZE"] = size
    if template.key == _LEADERS and group[_WORKERS].exists:
        found["LWS_WORKER_INDEX"] = Known("0", template.key_span)
    return found


def appended_words(tells: Instructions, body: Cursor) -> tuple[Word, ...]:
    """The words that the operator's own command ends with: of a list, and in variables."""
    place = nearest(body, tells.arguments) if tells.arguments else None
    items = place.items() if place is not None else []
    listed = tuple(_listed(item) for item in items)
    return (*listed, *_in_variables(tells.words, body))


def _listed(item: Cursor) -> Word:
    from imagelint.documents.serving.startscript import unknown_word, whole_word

    scalar = item.node
    return whole_word(scalar, item.text()) if isinstance(scalar, Scalar) else unknown_word(item)


def _in_variables(names: tuple[str, ...], body: Cursor) -> tuple[Word, ...]:
    found: list[Word] = []
    for variable in body["env"].items():
        if variable["name"].word() in names:
            found += _words(variable["value"])
    return tuple(found)


def _words(value: Cursor) -> tuple[Word, ...]:
    from imagelint.documents.serving.startscript import read_mapped_script, unknown_word
    from imagelint.documents.shell.script import ScriptRole
    from imagelint.documents.yaml.text import map_scalar

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
