"""What pods, autoscalers and rollouts refer to by name: claims, Secrets, workloads, templates."""

from __future__ import annotations

from itertools import chain
from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Fact, Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.landmarks import PodPlace, pods_of
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.kubernetes.pods.selectors import node_labels
from imagelint.documents.kubernetes.wiring.nodes import POOL, SERVICE
from imagelint.documents.queries.links.scalers import scalers_of_pod
from imagelint.documents.remembered import remembered
from imagelint.documents.yaml.nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.kubernetes.wiring.nodes import Referring, ScaledObject
    from imagelint.documents.queries.links.scope import Scope
    from imagelint.documents.yaml.cursor import Cursor

_CONFIG, _SECRET, CLAIM = "ConfigMap", "Secret", "PersistentVolumeClaim"
_OF_CLAIM = "pvc"
_AUTHENTICATION = "TriggerAuthentication"
_HOST = "kubernetes.io/hostname"
_LOCAL = ("local", "hostpath")
_ONE_NODE = frozenset(("ReadWriteOnce", "ReadWriteOncePod"))


class Reference(NamedTuple):
    """An object that is referred to, and the key of it that is wanted, absent where all are.

    `place` is where it is named, `key_place` where the key is.
    """

    kind: str
    name: str
    key: Fact[str]
    place: Node
    key_place: Node


def owner_of(referring: Pod | ScaledObject | Referring) -> KubernetesObject:
    """The object that refers to others."""
    return referring.owner if isinstance(referring, Pod) else referring.object


def is_partial(referring: Pod | ScaledObject | Referring) -> bool:
    """Whether the rest of it is written elsewhere."""
    return referring.partial if isinstance(referring, Pod) else referring.object.incomplete


def references(referring: Pod | ScaledObject | Referring) -> tuple[Reference, ...]:
    """What is referred to and cannot be done without, as far as the names are known, in order."""
    if isinstance(referring, Pod):
        found = _references(referring)
    else:
        found = chain(_of_keda(referring), _of_rollouts(referring), _of_operators(referring))
    return tuple(sorted(found, key=lambda one: one.place.span))


def _of_keda(referring: ScaledObject | Referring) -> Iterator[Reference]:
    """The authentications of triggers, and whence these take what they say.

    kedacore/keda: apis/keda/v1alpha1/triggerauthentication_types.go, scaledobject_types.go
    """
    spec = referring.body["spec"]
    for trigger in spec["triggers"].items():
        place = trigger["authenticationRef"]
        kind = place["kind"].word() or _AUTHENTICATION
        yield from _reference(kind, place, "name")
    for field, kind in (("secretTargetRef", _SECRET), ("configMapTargetRef", _CONFIG)):
        for place in spec[field].items():
            yield from _reference(kind, place, "name", "key")


def _of_rollouts(referring: ScaledObject | Referring) -> Iterator[Reference]:
    """What a Rollout of Argo, or a Canary of Flagger, takes its pods from and is judged by.

    argoproj/argo-rollouts: pkg/apis/rollouts/v1alpha1/types.go; fluxcd/flagger:
    pkg/apis/flagger/v1beta1/canary.go, metric.go
    """
    spec, group = referring.body["spec"], referring.object.group
    if group == "flagger.app":
        place = spec["targetRef"]
        yield from _reference(place["kind"].word(), place, "name")
        analysis = spec["analysis"] if spec["analysis"].exists else spec["canaryAnalysis"]
        for metric in analysis["metrics"].items():
            place = metric["templateRef"]
            if place["namespace"].word() in ("", referring.object.namespace):
                yield from _reference("MetricTemplate", place, "name")
    elif group == "argoproj.io":
        place = spec["workloadRef"]
        yield from _reference(place["kind"].word(), place, "name")
        for template in _templates(spec["strategy"]):
            whole = template["clusterScope"].word() == "true"
            yield from _reference(
                "ClusterAnalysisTemplate" if whole else "AnalysisTemplate", template, "templateName"
            )


def _of_operators(referring: ScaledObject | Referring) -> Iterator[Reference]:
    """What objects that become servers name: who picks their pods, where their models lie.

    kubernetes-sigs/gateway-api-inference-extension@84436a9: api/v1/inferencepool_types.go (of
    v1alpha2 `extensionRef`); NVIDIA/k8s-nim-operator@f63f74d: api/apps/v1alpha1/
    nimservice_types.go; kserve/kserve@aaac4e2: pkg/utils/storage.go (`pvc://claim/path`);
    volcano-sh/kthena@3cc0572: pkg/apis/networking/v1alpha1/modelroute_types.go; kubeai-project/
    kubeai@f442a2c: internal/modelcontroller/model_source.go (`pvc://claim/path`)
    """
    spec, kind = referring.body["spec"], referring.object.kind
    if kind == POOL:
        yield from _of_pickers((spec["endpointPickerRef"], spec["extensionRef"]))
    elif kind == "NIMService":
        yield from _of_storage(spec["storage"])
    elif kind == "ModelRoute":
        yield from _of_targets(spec["rules"])
    elif referring.object.group == "kubeai.org":
        yield from _claims_at((spec["url"],))
    elif kind in ("InferenceService", "LLMInferenceService"):
        parts = (value for _, value in spec["predictor"].entries())
        yield from _claims_at((spec["model"]["uri"], *(part["storageUri"] for part in parts)))


def _of_pickers(places: tuple[Cursor, ...]) -> Iterator[Reference]:
    for place in places:
        if not place["group"].word():
            yield from _reference(place["kind"].word() or SERVICE, place, "name")


def _of_storage(storage: Cursor) -> Iterator[Reference]:
    yield from _reference("NIMCache", storage["nimCache"], "name")
    if storage["pvc"]["create"].word() != "true":
        yield from _reference(CLAIM, storage["pvc"], "name")


def _of_targets(rules: Cursor) -> Iterator[Reference]:
    for rule in rules.items():
        for place in rule["targetModels"].items():
            yield from _reference("ModelServer", place, "modelServerName")


def _claims_at(places: tuple[Cursor, ...]) -> Iterator[Reference]:
    """The claims in addresses of models."""
    for place in places:
        scheme, _, rest = place.word().partition("://")
        claim = rest.partition("/")[0]
        if scheme == _OF_CLAIM and claim:
            yield Reference(CLAIM, claim, ABSENT, place, place)


def _templates(strategy: Cursor) -> Iterator[Cursor]:
    """Where the analyses of a Rollout name their templates."""
    canary, both = strategy["canary"], strategy["blueGreen"]
    places = [canary["analysis"], both["prePromotionAnalysis"], both["postPromotionAnalysis"]]
    places += [step["analysis"] for step in canary["steps"].items()]
    for place in places:
        yield from place["templates"].items()


def _references(pod: Pod) -> Iterator[Reference]:
    spec = pod.spec
    for volume in spec["volumes"].items():
        yield from _reference(CLAIM, volume["persistentVolumeClaim"], "claimName")
        yield from _of_files(volume["configMap"], _CONFIG, "name")
        yield from _of_files(volume["secret"], _SECRET, "secretName")
        for source in volume.at("projected", "sources").items():
            yield from _of_files(source["configMap"], _CONFIG, "name")
            yield from _of_files(source["secret"], _SECRET, "name")
    account = "serviceAccountName" if spec["serviceAccountName"].exists else "serviceAccount"
    yield from _reference("ServiceAccount", spec, account)
    for container in pod.containers:
        for variable in container.body["env"].items():
            source = variable["valueFrom"]
            yield from _reference(_CONFIG, source["configMapKeyRef"], "name", "key")
            yield from _reference(_SECRET, source["secretKeyRef"], "name", "key")
        for source in container.body["envFrom"].items():
            yield from _reference(_CONFIG, source["configMapRef"], "name")
            yield from _reference(_SECRET, source["secretRef"], "name")


def _of_files(place: Cursor, kind: str, field: str) -> Iterator[Reference]:
    """An object whose keys become files: those of `items`, else all."""
    yield from _reference(kind, place, field)
    for item in place["items"].items():
        for one in _reference(kind, place, field):
            yield one._replace(key=item["key"].text(), key_place=item["key"])


def _reference(kind: str, place: Cursor, field: str, key: str = "") -> Iterator[Reference]:
    name = place[field].word()
    if not kind or not name or place["optional"].exists:
        return
    wanted = place[key] if key else place[field]
    yield Reference(kind, name, wanted.text() if key else ABSENT, place[field], wanted)


@remembered
def keys_of(obj: KubernetesObject) -> frozenset[str] | None:
    """The keys of a ConfigMap or Secret; None where something else fills it in.

    Also those of the Secret that is made of an ExternalSecret or a SealedSecret.
    """
    if obj.kind in _MAKERS:
        return None if obj.incomplete else _MAKERS[obj.kind](obj.body["spec"]) or None
    found: set[str] = set()
    for field in ("data", "binaryData", "stringData"):
        place = obj.body[field]
        if place.exists and not place.null and not isinstance(place.node, Mapping):
            return None
        found |= {name for name, _ in place.entries()}
    return None if obj.incomplete or not found else frozenset(found)


def _fetched(spec: Cursor) -> frozenset[str]:
    """The keys that an ExternalSecret fetches one by one, or makes of these by a template.

    https://external-secrets.io/latest/api/externalsecret/
    """
    target, template = spec["target"], spec.at("target", "template")
    if spec["dataFrom"].exists or target["creationPolicy"].word() not in ("", "Owner", "Orphan"):
        return frozenset()
    if template["templateFrom"].exists or template["mergePolicy"].exists:
        return frozenset()
    made = frozenset(name for name, _ in template["data"].entries())
    fetched = frozenset(one["secretKey"].word() for one in spec["data"].items())
    return made or (frozenset() if "" in fetched else fetched)


def _unsealed(spec: Cursor) -> frozenset[str]:
    """The keys that a SealedSecret holds, and those of its template.

    https://github.com/bitnami-labs/sealed-secrets (`SealedSecretSpec`)
    """
    places = (spec["encryptedData"], spec.at("template", "data"))
    return frozenset(name for place in places for name, _ in place.entries())


# Of others that make Secrets, the keys are those of what they ask elsewhere.
_MAKERS = {"ExternalSecret": _fetched, "SealedSecret": _unsealed}


def stays_on_one_node(pod: Pod) -> bool:
    """Whether something keeps all pods of a workload on one node, or close together."""
    spec = pod.spec
    if spec["nodeName"].exists or spec.at("affinity", "podAffinity").exists:
        return True
    return any(label.key == _HOST for label in node_labels(spec))


def mounting_pods(pod: Pod, claim: str, scope: Scope) -> int:
    """How many pods like one may mount a claim at once; 0 where that is not known.

    Of groups all pods that mount it are counted, for the first template that does.
    """
    scaled = scalers_of_pod(pod, scope)
    beside = [one for at, one in scaled.nodes if dirname(at) == scope.folder]
    count = beside[0].maximum if beside else pod.replicas
    if pod.group is None:
        return value_or(count, 0) if pod.selector is not None else 0
    owner, counted = pod.owner, 0
    for place in scope.own(pods_of(owner.kind, owner.name), PodPlace):
        made = scope.pod(scope.origin, place) if place.owner == owner.span else None
        if made is None or made.group is None or claim not in _claims(made):
            continue
        if not counted and made.path != pod.path:
            return 0
        counted += value_or(made.group.members, 0)
    return value_or(count, 1) * counted


@remembered
def _claims(pod: Pod) -> frozenset[str]:
    """The claims that a pod mounts: asked of each of them, again."""
    return frozenset(one.name for one in references(pod) if one.kind == CLAIM)


def modes(claim: KubernetesObject) -> Node:
    """Where a claim says how it is attached."""
    return claim.body.at("spec", "accessModes")


def attaches_once(claim: KubernetesObject) -> str:
    """The mode in which a claim is attached to one node, or one pod, alone; empty otherwise."""
    spec = claim.body["spec"]
    found = {
        stored_once(mode.text(), spec["storageClassName"].word())
        for mode in spec["accessModes"].items()
    }
    return min(found) if found and "" not in found else ""


def stored_once(mode: Fact[str], storage_class: str) -> str:
    """A mode in which a volume is attached to one node, or one pod, alone; empty otherwise.

    Volumes that are local to a node are not meant: whoever mounts them comes to that node.
    """
    local = any(word in storage_class for word in _LOCAL)
    return "" if local or not isinstance(mode, Known) or mode.value not in _ONE_NODE else mode.value
