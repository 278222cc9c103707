"""Where an object holds pods: the built-in workloads by kind, everything else by shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.identity import is_own
from imagelint.documents.kubernetes.pods.operated import nearest, workload_of
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence
from imagelint.knowledge.kubernetes.operators import makes_pods
from imagelint.knowledge.recognition import predictors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject, Pod
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import YamlNode

    # A value, its path, and whether an image is named beside it.
    _Pending = tuple[YamlNode | None, tuple[str | int, ...], bool]

TEMPLATES: dict[str, tuple[str, ...]] = {
    "Pod": (),
    "PodTemplate": ("template",),
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}
"""Where the kinds of Kubernetes itself hold the template of their pods."""
DELIVERING = ("helm.toolkit.fluxcd.io", "argoproj.io", "helm.cattle.io")
"""Groups of what has charts deployed."""
# Of them those whose objects hold values of charts; a Rollout is a workload like any other.
_OF_VALUES = frozenset(("HelmRelease", "Application", "ApplicationSet", "HelmChart"))
# Groups whose objects hold pods only as patterns or schemas, and those that hold none.
_WITHOUT_PODS = (
    "kyverno.io",
    "gatekeeper.sh",
    "kubewarden.io",
    "auto.gke.io",
    "apiextensions.k8s.io",
    "admissionregistration.k8s.io",
    "rbac.authorization.k8s.io",
    "networking.k8s.io",
    "gateway.networking.k8s.io",
    "autoscaling",
    "policy",
    "storage.k8s.io",
    "scheduling.k8s.io",
)
# Predictors of KServe before `model`: the key is the framework, the value a container. Those that
# stand for an engine are in its table.
_FRAMEWORKS = ("lightgbm", "onnx", "paddle", "pmml", "sklearn", "tensorflow", "xgboost")
_CONTAINER_FIELDS: tuple[str, ...] = (
    "args",
    "command",
    "env",
    "image",
    "modelFormat",
    "ports",
    "resources",
)
_CONTAINER_FIELDS += ("envFrom", "lifecycle", "livenessProbe", "readinessProbe")
_CONTAINER_FIELDS += ("securityContext", "storageUri", "volumeMounts")
# What is said of an image only where a container is made of it.
_RUN_FIELDS = frozenset(
    (
        *("command", "args", "env", "ports", "resources", "volumeMounts", "securityContext"),
        *("envFrom", "lifecycle", "livenessProbe", "readinessProbe", "script", "workingDir"),
    )
)
# Where an image is one of a container, whatever else is said of it: templates of Argo Workflows,
# steps of Tekton, components of devfiles.
_OF_CONTAINERS = frozenset(("container", "script"))
_LISTS_OF_CONTAINERS = frozenset(("initContainers", "sidecars", "steps"))
# What only a container may do, and a pod may not.
_OWN_PRIVILEGES = frozenset(
    ("privileged", "allowPrivilegeEscalation", "capabilities", "readOnlyRootFilesystem")
)
# What gives pods of a Rollout labels that its template has not, and what makes other pods of it.
_OTHERWISE = ("canaryMetadata", "stableMetadata", "activeMetadata", "previewMetadata")
_CONTAINER_LISTS = frozenset(("containers", "initContainers", "ephemeralContainers", "volumes"))


class PodPath(NamedTuple):
    """A place that holds a pod's spec. `single` is a container that stands beside the lists."""

    spec: Cursor
    template: Cursor
    single: Cursor | None = None


class PodGroup(NamedTuple):
    """Whether the leader of each group is like a pod, and how many pods of the group are."""

    leads: bool
    members: Fact[int]


class Shape(NamedTuple):
    """What a mapping looks like: a pod's spec or, `alone`, a container outside of any."""

    keys: tuple[str | int, ...]
    alone: bool = False


def pod_places(obj: KubernetesObject) -> Iterator[PodPath]:
    """Every pod that an object holds, in source order."""
    if is_own(obj):
        yield from _of_own(obj)
    elif not may_hold_pods(obj):
        from imagelint.documents.kubernetes.operators.policies import added_pods

        yield from added_pods(obj)
    elif obj.kind == "NIMService":
        spec = obj.body["spec"]
        yield PodPath(spec, obj.body, spec)
    else:
        yield from _made(obj) or _by_operator(obj)


def _of_own(obj: KubernetesObject) -> Iterator[PodPath]:
    if obj.kind in TEMPLATES:
        template = obj.body.at(*TEMPLATES[obj.kind])
        if isinstance(template["spec"].node, Mapping):
            yield PodPath(template["spec"], template)
    elif obj.kind == "ControllerRevision":
        yield from shaped(obj.body["data"])


def _made(obj: KubernetesObject) -> tuple[PodPath, ...]:
    """The pods of an operator that makes them as a chart does."""
    if not makes_pods(obj.group, obj.kind):
        return ()
    from imagelint.documents.gitops.chartpods import made_pods

    return tuple(made_pods(obj))


def _by_operator(obj: KubernetesObject) -> Iterator[PodPath]:
    holds_values = obj.group in DELIVERING and obj.kind in _OF_VALUES
    return _delivered(obj, shaped(obj.body)) if holds_values else shaped(obj.body)


def _delivered(obj: KubernetesObject, shaped: Iterator[PodPath]) -> Iterator[PodPath]:
    """The containers that values describe: those of known charts, others by their shape."""
    from imagelint.documents.gitops.chartpods import chart_containers, is_within_off

    known = {id(values): PodPath(made, made, made) for made, values in chart_containers(obj)}
    yield from known.values()
    for place in shaped:
        if id(place.spec.node) not in known and not is_within_off(place.spec):
            yield place


def is_rollout(obj: KubernetesObject) -> bool:
    """Whether an object is what Argo Rollouts replaces a Deployment by."""
    return (obj.group, obj.kind) == ("argoproj.io", "Rollout")


def is_group(obj: KubernetesObject) -> bool:
    """Whether an object makes groups of pods, each of a leader and its workers."""
    return (obj.group, obj.kind) == ("leaderworkerset.x-k8s.io", "LeaderWorkerSet")


def leads_group(obj: KubernetesObject, template: Cursor) -> bool:
    """Whether the leaders of groups are made of a template: that of workers where there is none."""
    templates = obj.body.at("spec", "leaderWorkerTemplate")
    leaders = templates["leaderTemplate"]
    return template.path == (leaders if leaders.exists else templates["workerTemplate"]).path


def pod_group(pod: Pod) -> PodGroup | None:
    """The part of a group of pods that is made like one; None of what makes no such groups."""
    if not is_group(pod.owner):
        return None
    leads, size = leads_group(pod.owner, pod.template), group_size(pod.owner, pod.spec)
    if pod.template.key == "leaderTemplate":
        return PodGroup(leads, Known(1))
    others = Known(size.value - 1) if isinstance(size, Known) else size
    return PodGroup(leads, size if leads else others)


def keeps_template(obj: KubernetesObject) -> bool:
    """Whether the pods that are made of an object are those that it writes, and no others.

    argoproj/argo-rollouts:docs/features/ephemeral-metadata.md, docs/features/experiment.md,
    docs/migrating.md (`workloadRef`)
    """
    if is_own(obj) or is_group(obj):
        return True
    if not is_rollout(obj):
        return False
    strategy = obj.body.at("spec", "strategy")
    ways = (strategy["canary"], strategy["blueGreen"])
    others = any(way[key].exists for way in ways for key in _OTHERWISE)
    tried = any(step["experiment"].exists for step in ways[0]["steps"].items())
    return obj.body.at("spec", "template").exists and not others and not tried


def is_settled(pod: Pod) -> bool:
    """Whether the labels of a pod are certainly those that are seen, and no others.

    What controllers give to pods of one template by turns is none that anybody sees.
    """
    labels = pod.template.at("metadata", "labels")
    written = isinstance(labels.node, Mapping) or not labels.exists or labels.null
    known = written and len(labels.pairs()) == len(labels.entries())
    return known and keeps_template(pod.owner) and not pod.owner.incomplete


def may_hold_pods(obj: KubernetesObject) -> bool:
    """Whether an object is of a group whose objects may hold pods, by whatever shape."""
    return not _is_of(obj.group, _WITHOUT_PODS)


def _is_of(group: str, groups: tuple[str, ...]) -> bool:
    return any(group == one or group.endswith(f".{one}") for one in groups)


def shaped(body: Cursor) -> Iterator[PodPath]:
    """The pods below a place, and containers outside of any."""
    return (_place(body, shape) for shape in _by_shape(body.node))


def _place(body: Cursor, shape: Shape) -> PodPath:
    keys = shape.keys
    spec = body.at(*keys)
    if shape.alone:
        return PodPath(spec, spec, spec)
    template = body.at(*keys[:-1]) if keys[-1:] == ("spec",) else spec
    single = next((spec[key] for key in _singles(spec.key) if _is_container(spec[key].node)), None)
    return PodPath(spec, template, single)


def holds_containers(root: YamlNode | None) -> bool:
    """Whether something in a mapping has the shape of a container."""
    return next(_by_shape(root), None) is not None


def _by_shape(root: YamlNode | None) -> Iterator[Shape]:
    """What looks like a pod's spec, and containers outside of any, in source order."""
    pending: list[_Pending] = [(root, (), False)]
    while pending:
        node, keys, named = pending.pop()
        inside: list[_Pending] = []
        if isinstance(node, Mapping):
            read: frozenset[str] = frozenset()
            if keys and _is_pod_spec(node, str(keys[-1])):
                yield Shape(keys)
                read = _CONTAINER_LISTS | frozenset(_singles(str(keys[-1])))
            elif keys and (
                is_whole_container(node) or _is_by_key(node, keys) or (named and _is_role(node))
            ):
                yield Shape(keys, alone=True)
            named = _names_image(node)
            inside += _inside(node, keys, read, named=named)
        elif isinstance(node, Sequence):
            inside = [(item, (*keys, index), False) for index, item in enumerate(node.items)]
        pending += reversed(inside)


def _inside(
    node: Mapping, keys: tuple[str | int, ...], read: frozenset[str], *, named: bool
) -> Iterator[_Pending]:
    """What stands in a mapping, and in its containers that are read: others may be within."""
    for entry in node.entries:
        path = (*keys, entry.key.text)
        if entry.key.text in read:
            yield from _below_containers(entry.value, path)
        elif entry.key.text != "status":
            yield entry.value, path, named


def _below_containers(node: YamlNode | None, keys: tuple[str | int, ...]) -> Iterator[_Pending]:
    listed = enumerate(node.items) if isinstance(node, Sequence) else ()
    for item, path in [(node, keys), *((one, (*keys, at)) for at, one in listed)]:
        if isinstance(item, Mapping):
            for entry in item.entries:
                yield entry.value, (*path, entry.key.text), False


def _is_pod_spec(node: Mapping, key: str) -> bool:
    containers = node.get("containers")
    if isinstance(containers, Sequence) and any(map(_is_container, containers.items)):
        return True
    return any(_is_container(node.get(single)) for single in _singles(key))


def _singles(key: str) -> tuple[str, ...]:
    """Keys under which one container stands by itself: KServe's predictors, Dynamo's services."""
    return ("model", *_FRAMEWORKS, *predictors()) if key == "predictor" else ("mainContainer",)


def _is_container(node: YamlNode | None) -> bool:
    """Whether a mapping can be a container, or a predictor's model that becomes one."""
    if not isinstance(node, Mapping):
        return False
    return not {entry.key.text for entry in node.entries}.isdisjoint(_CONTAINER_FIELDS)


def is_whole_container(node: YamlNode | None) -> bool:
    """Whether a mapping must be a container wherever it stands: an image, and what to do with it.

    An image is a word, or the parts of one, as operators have it.
    """
    if not isinstance(node, Mapping):
        return False
    image = node.get("image")
    parts = isinstance(image, Mapping) and image.get("repository") is not None
    if not parts and not _names_image(node):
        return False
    return not {entry.key.text for entry in node.entries}.isdisjoint(_RUN_FIELDS)


def _names_image(node: Mapping) -> bool:
    image = node.get("image")
    return isinstance(image, Scalar) and isinstance(image.value, str) and image.value != ""


def _is_by_key(node: Mapping, keys: tuple[str | int, ...]) -> bool:
    """Whether a mapping with an image stands where operators have containers."""
    listed = keys[-1] if isinstance(keys[-1], str) else ""
    among = keys[-2] if not listed and len(keys) > 1 else ""
    return _names_image(node) and (listed in _OF_CONTAINERS or among in _LISTS_OF_CONTAINERS)


def _is_role(node: Mapping) -> bool:
    """Whether a mapping says of containers what nothing else has, and not of which image.

    Where one is named beside it, they are made of that: the driver and the executors of Spark.
    """
    confined, env, mounts = (node.get(key) for key in ("securityContext", "env", "volumeMounts"))
    if node.get("image") is not None or node.get("containers") is not None:
        return False
    if isinstance(confined, Mapping):
        return not _OWN_PRIVILEGES.isdisjoint(key.text for key, _ in confined.entries)
    listed = ((env, "name"), (mounts, "mountPath"))
    return any(
        isinstance(one, Sequence)
        and any(isinstance(item, Mapping) and item.get(key) is not None for item in one.items)
        for one, key in listed
    )


def replicas(obj: KubernetesObject, spec: Cursor) -> Fact[int]:
    """How many pods are made, from the nearest place above the pod that says so."""
    if obj.kind == "DaemonSet":
        return UNKNOWN
    if obj.kind in ("Job", "CronJob"):
        job = spec.parent.parent if spec.parent else None
        return job["parallelism"].integer() if job else ABSENT
    place: Cursor | None = spec
    while place is not None:
        for key in ("replicas", "minReplicas"):
            if place[key].exists:
                return place[key].integer()
        place = place.parent
    return ABSENT


def group_size(obj: KubernetesObject, spec: Cursor) -> Fact[int]:
    """How many pods form one server; unknown where it is written that none do."""
    several = workload_of(obj).several
    if several == ("*",) or (several and nearest(spec, several) is not None):
        return UNKNOWN
    group = _leader_worker_group(obj, spec)
    if group is not None:
        size = group["size"].integer()
        return Known(1) if size is ABSENT else _at_least_one(size)
    around = spec.parent if spec.key in ("workerSpec", "worker") and spec.parent else spec
    if around["workerSpec"].exists:
        size = around.at("workerSpec", "pipelineParallelSize").integer()
        return UNKNOWN if size is ABSENT else _at_least_one(size)
    return UNKNOWN if around["worker"].exists else Known(1)


def _leader_worker_group(obj: KubernetesObject, spec: Cursor) -> Cursor | None:
    """What says how many pods are a group: of a LeaderWorkerSet, or of what an object makes one."""
    if obj.kind == "LeaderWorkerSet":
        return obj.body.at("spec", "leaderWorkerTemplate")
    place = spec.parent
    group = place.parent if place is not None else None
    if place is None or group is None or place.key not in ("leaderTemplate", "workerTemplate"):
        return None
    return group if group["size"].exists else None


def _at_least_one(size: Fact[int]) -> Fact[int]:
    return UNKNOWN if isinstance(size, Known) and size.value < 1 else size
