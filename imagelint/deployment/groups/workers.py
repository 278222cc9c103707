"""How KServe shares the GPUs of a model between a head and its workers (`workerSpec`).

Source: kserve/kserve:pkg/controller/v1beta1/inferenceservice/components/predictor.go
(multiNodeProcess, computeRayNodeAndGPUs), pkg/utils/utils.go (GetGPUResourceQtyByType).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.pods.accelerators import quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.yaml.cursor import Cursor

_SERVICE = ("serving.kserve.io", "InferenceService", "predictor")
_COUNTED = ("nvidia.com/gpu", "amd.com/gpu", "intel.com/gpu", "habana.ai/gaudi")
_TYPES = "serving.kserve.io/gpu-resource-types"
_BACKEND, _OTHER = "multinode/executor-backend", "mp"
"""Of a runtime's annotations: with this one each node gets the GPUs of one tensor parallel group,
whatever its container asks for."""


class Share(NamedTuple):
    """What is wrong about the GPUs of a head or of its workers; `works`: the server starts."""

    place: Cursor
    message: str
    help: str
    works: bool = False


class _Node(NamedTuple):
    """The GPUs that KServe counts of the container of a head or a worker, and where they stand.

    `passed` are those of its limits where it counts none.
    """

    title: str
    place: Cursor
    gpus: Fact[int]
    passed: int = 0


class _Split(NamedTuple):
    """How the model is split."""

    tensor: int
    pipeline: int

    @property
    def total(self) -> int:
        """The GPUs that it takes."""
        return self.tensor * self.pipeline

    def __str__(self) -> str:
        return f"tensor parallel {self.tensor} * pipeline parallel {self.pipeline}"


def shares(pod: Pod) -> Iterator[Share]:
    """What is wrong about how the GPUs of a predictor on several nodes are shared."""
    if (pod.owner.group, pod.owner.kind, pod.spec.key) != _SERVICE:
        return
    workers, merged = pod.spec["workerSpec"], bool(pod.owner.merged)
    split = _split(workers, merged=merged)
    backend = pod.spec.at("annotations", _BACKEND)
    if (
        split is None
        or backend.templated
        or backend.word() == _OTHER
        or pod.owner.annotation(_TYPES).exists
    ):
        return
    head = _node("the head", pod.spec["model"], merged=merged)
    worker = _node("a worker", workers["containers"][0], merged=merged)
    if head.passed or worker.passed:
        yield from _passed_over(split, head, worker)
        return
    if not isinstance(head.gpus, Known) or not isinstance(worker.gpus, Known):
        return
    if worker.gpus.value:
        yield from _shared(split, head.gpus.value, worker.gpus.value, (head, worker))


def _passed_over(split: _Split, head: _Node, worker: _Node) -> Iterator[Share]:
    """The limits of nodes that KServe does not count, where it gives another number of GPUs.

    Workers without requests get one each, as does a head beside them; else a head gets the rest.
    """
    counted = UNKNOWN if worker.passed else worker.gpus
    if isinstance(counted, Known) and counted.value:
        rest = (split.total - 1) % counted.value + 1
        if head.passed != rest:
            message = f"{_passed(head)}: it gets the {rest} that the workers leave"
            help_ = f"write {rest} there, and `requests: {{{head.place.key}: {rest}}}` as well"
            yield Share(head.place, message, help_, works=True)
        return
    for one in (head, worker) if worker.passed or isinstance(counted, Known) else ():
        if one.passed > 1:
            help_ = f"write `requests: {{{one.place.key}: {one.passed}}}` as well"
            yield Share(one.place, _passed(one), help_)


def _passed(one: _Node) -> str:
    message = f"KServe counts the GPUs of `requests` alone: {one.title} has {one.passed}"
    return f"{message} in its `limits`, which are passed over"


def _shared(split: _Split, head: int, worker: int, places: tuple[_Node, _Node]) -> Iterator[Share]:
    """What comes of the GPUs of a head, which may be none, and of each worker."""
    nodes = 1 if head >= split.total else -(-split.total // worker)
    each = f"let head and workers request {split.tensor} each"
    if nodes == 1:
        if split.pipeline > 1:
            message = f"one node holds the {split.total} GPUs of the whole model ({split}): KServe "
            message += "starts the head alone, and no worker"
            at = places[0 if head >= split.total else 1]
            yield Share(at.place, message, f"{each}, or drop the workers", works=True)
        return
    others = worker * (nodes - 1)
    rest = split.total - others
    wide = worker < split.tensor
    given = f"{split} = {split.total} GPUs, and the head has {head}, the other nodes have {others}"
    fitting = each if wide else f"let the head request {rest}"
    if 0 < head < rest:
        yield Share(places[0].place, f"KServe refuses it: {given}", fitting)
    elif wide:
        message = f"tensor parallel {split.tensor} goes over several nodes of {worker}"
        yield Share(places[1].place, message, each, works=True)
    elif head > rest:
        message = f"{given}: {head - rest} too many"
        yield Share(places[0].place, message, fitting, works=True)


def _split(workers: Cursor, *, merged: bool) -> _Split | None:
    """How the model is split; None where workers are none, or a runtime that is not seen says it.

    A size that is written nowhere is 1.
    """
    if not workers.exists or workers.null:
        return None
    found = []
    for key in ("tensorParallelSize", "pipelineParallelSize"):
        size = workers[key].integer()
        size = Known(1) if size is ABSENT and merged else size
        if not isinstance(size, Known) or size.value < 1:
            return None
        found.append(size.value)
    return _Split(*found)


def _node(title: str, container: Cursor, *, merged: bool) -> _Node:
    requests, limits = container.at("resources", "requests"), container.at("resources", "limits")
    counted, passed = _gpus(requests), _gpus(limits)
    if counted is None and passed is None:
        return _Node(title, container, Known(0) if merged else UNKNOWN)
    if counted is not None:
        return _Node(title, counted, _whole(counted))
    if passed is None or requests.templated:
        return _Node(title, container, UNKNOWN)
    count = _whole(passed)
    return _Node(title, passed, UNKNOWN, count.value if isinstance(count, Known) else 0)


def _gpus(resources: Cursor) -> Cursor | None:
    return next((resources[name] for name in _COUNTED if resources[name].exists), None)


def _whole(place: Cursor) -> Fact[int]:
    fact = quantity(place)
    whole = isinstance(fact, Known) and fact.value == int(fact.value)
    return Known(int(fact.value), fact.span) if isinstance(fact, Known) and whole else UNKNOWN
