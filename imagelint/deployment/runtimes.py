"""Predictors of KServe, merged with the runtime that stands elsewhere in the run.

Source: kserve/kserve:pkg/controller/v1beta1/inferenceservice/utils/utils.go
(`MergeRuntimeContainers`, `MergePodSpec`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.deployment.attachment import shifted
from imagelint.deployment.budget import MOST_MERGED, Budget
from imagelint.documents.kubernetes.pods.launching import runtime_choice
from imagelint.documents.kubernetes.pods.reader import read_pods
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.nodes import Entry, Mapping, Sequence

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from imagelint.deployment.attachment import Attacher
    from imagelint.deployment.objects import Neighbourhood, ObjectInRun
    from imagelint.documents.kubernetes.objects import Container as PodContainer
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.yaml.nodes import YamlNode

# The container of a runtime that a predictor is merged with.
_SERVER = "kserve-container"
_OF_POD = frozenset(
    ("nodeSelector", "affinity", "tolerations", "volumes", "imagePullSecrets", "annotations")
)
_WORKERS = "workerSpec"
"""A runtime's counts where a predictor has one as well."""
# By what the items of lists are known, as Kubernetes' strategic merge has it.
_KEYS = {"env": "name", "volumes": "name", "volumeMounts": "mountPath", "ports": "containerPort"}
_NOTHING = Mapping(Span(0, 0), ())
# Who calls a container what is no part of it.
_NAMED = frozenset(("name",))
_EXTENDED = "args"
"""A list that a predictor adds to, and does not replace."""
_LISTED = "containers"
"""Those of workers: what has one name is merged."""
_UNMERGED = "predictors are not merged with their runtimes, which are too large together"


class Merger:
    """Merges the predictors of one manifest with their runtimes, within a budget of text."""

    def __init__(self, around: Neighbourhood, attacher: Attacher) -> None:
        self._around = around
        self._attacher = attacher
        self.budget = Budget(MOST_MERGED, _UNMERGED)

    def pod(self, pod: Pod) -> Pod:
        """The pod of a predictor as KServe makes it; itself where its runtime is not in the run."""
        asking = [(one, choice) for one in pod.containers if (choice := runtime_choice(one.body))]
        if len(asking) != 1 or pod.owner.merged:
            return pod
        predictor, choice = asking[0]
        found = self._around.runtime(choice.runtime, choice.model_format, pod.owner.namespace)
        below = found.object.body["spec"].node if found is not None else None
        if found is None or not isinstance(below, Mapping):
            return pod
        if not self.budget.grants(below.span.end - below.span.start, pod.owner.span):
            return pod
        return _with_runtime(pod, predictor, found, self._attacher)


def _with_runtime(pod: Pod, predictor: PodContainer, found: ObjectInRun, attacher: Attacher) -> Pod:
    below = found.object.body["spec"].node
    nodes = (pod.owner.body.node, pod.spec.node, predictor.body.node, below, _server(below))
    whole, spec, model, below, server = (
        node if isinstance(node, Mapping) else _NOTHING for node in nodes
    )
    if server is _NOTHING:
        return pod
    offset = attacher.offset(found.manifest, certain=True)
    if offset:
        below = shifted(below, offset, predictor.place)
        server = shifted(server, offset, predictor.place)
    container = _merged(model, _only(server, {entry.key.text for entry in server.entries} - _NAMED))
    several = {_WORKERS} if Cursor(spec)[_WORKERS].exists else set()
    own = _merged(_replaced(spec, model, container), _only(below, _OF_POD | several))
    body = Cursor(_replaced(whole, spec, own), pod.owner.body.path)
    owner = pod.owner._replace(body=body, merged=found.object.kind, below=below.span)
    made = read_pods(owner)
    return next((one for one in made if one.path == pod.path), pod)


def _server(spec: YamlNode | None) -> YamlNode | None:
    """The container of a runtime that serves; None where not exactly one does."""
    found = [
        one.node for one in Cursor(spec)["containers"].items() if one["name"].word() == _SERVER
    ]
    return found[0] if len(found) == 1 else None


def _only(node: Mapping, keys: Container[str]) -> Mapping:
    return Mapping(node.span, tuple(one for one in node.entries if one.key.text in keys))


def _replaced(node: Mapping, old: Mapping, new: Mapping) -> Mapping:
    """A tree with another mapping in the place of one of its own."""
    if node is old:
        return new
    entries = (
        Entry(key, _replaced(value, old, new) if isinstance(value, Mapping) else value)
        for key, value in node.entries
    )
    return Mapping(node.span, tuple(entries))


def _merged(above: Mapping, below: Mapping) -> Mapping:
    """What is said above, with the rest of what is said below."""
    others = {entry.key.text: entry.value for entry in below.entries}
    own = {entry.key.text for entry in above.entries}
    entries = (
        Entry(key, _both(key.text, value, others[key.text]) if key.text in others else value)
        for key, value in above.entries
    )
    rest = (entry for entry in below.entries if entry.key.text not in own)
    return Mapping(above.span, (*entries, *rest))


def _both(key: str, above: YamlNode, below: YamlNode) -> YamlNode:
    """Two values of one key: mappings are merged, lists of what has a name by it."""
    if isinstance(above, Mapping) and isinstance(below, Mapping):
        return _merged(above, below)
    if not (isinstance(above, Sequence) and isinstance(below, Sequence)):
        return above
    if key == _EXTENDED:
        return Sequence(above.span, (*below.items, *above.items))
    if key == _LISTED:
        return Sequence(above.span, tuple(_by_name(above, below)))
    name = _KEYS.get(key)
    if name is None:
        return above
    taken = {Cursor(item)[name].word() for item in above.items}
    rest = (item for item in below.items if Cursor(item)[name].word() not in taken)
    return Sequence(above.span, (*rest, *above.items))


def _by_name(above: Sequence, below: Sequence) -> Iterator[YamlNode]:
    """The items that are said above, each with what is said below of one of its name."""
    others = {Cursor(item)["name"].word(): item for item in below.items}
    for item in above.items:
        other = others.pop(Cursor(item)["name"].word(), None)
        if isinstance(item, Mapping) and isinstance(other, Mapping):
            yield _merged(item, other)
        else:
            yield item
    yield from others.values()
