"""What policies add to a cluster: containers and whole objects of Kyverno and Gatekeeper.

https://kyverno.io/docs/policy-types/cluster-policy/mutate/, …/generate/,
https://open-policy-agent.github.io/gatekeeper/website/docs/mutation/,
https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.kubernetes.pods.shapes import PodPath, shaped
from imagelint.documents.yaml.nodes import Mapping, Scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.cursor import Cursor

_KYVERNO, _GATEKEEPER = "kyverno.io", "mutations.gatekeeper.sh"
_LISTS = ("containers", "initContainers", "ephemeralContainers")
# What a patch means instead of a field: `+(image)`, `(name)`, `=(env)`, `<(kind)`.
_ANCHORS = ("(", "+(", "=(", "<(", "^(", "X(")
_EXPRESSIONS = ("applyConfiguration", "jsonPatch", "generate")
_OF_EXPRESSIONS = ("MutatingAdmissionPolicy", "MutatingPolicy", "GeneratingPolicy")
_CONTAINERS = pattern(r"\b(?:containers|(?:init|ephemeral)Containers)\b")
# Whole, and not put together of what is there: `image: "team/mesh:1.0.0"`.
_IMAGE = pattern(
    r"\bimage[\"']?\s*:\s*(?:dyn\(\s*)?([\"']?)[A-Za-z0-9][\w./:@-]*([\"']?)(?!\s*[+({\[])"
)
_PUT_IN = "{{"


def added_pods(obj: KubernetesObject) -> Iterator[PodPath]:
    """What a policy adds to a cluster; its patterns are no pods."""
    for place in _generated(obj):
        yield from shaped(place)
    for place in _contributed(obj):
        yield PodPath(place, place, place)


def _generated(obj: KubernetesObject) -> Iterator[Cursor]:
    """What a policy of Kyverno makes when something else is: objects without their metadata."""
    if obj.group == _KYVERNO:
        for rule in obj.body.at("spec", "rules").items():
            for made in (rule["generate"], *rule.at("generate", "foreach").items()):
                if isinstance(made["data"].node, Mapping):
                    yield made["data"]


def _contributed(obj: KubernetesObject) -> Iterator[Cursor]:
    """The whole containers that a policy puts into the pods of others; their image is written."""
    if obj.group == _GATEKEEPER:
        value = obj.body.at("spec", "parameters", "assign", "value")
        yield from (one for one in (value, *value.items()) if _is_whole(one))
    elif obj.group == _KYVERNO:
        for patch in _patches(obj, "patchStrategicMerge"):
            yield from _within(patch)


def _patches(obj: KubernetesObject, form: str) -> Iterator[Cursor]:
    for rule in obj.body.at("spec", "rules").items():
        for mutation in (rule["mutate"], *rule.at("mutate", "foreach").items()):
            if mutation[form].exists:
                yield mutation[form]


def _within(patch: Cursor) -> Iterator[Cursor]:
    pending = [patch]
    while pending:
        place = pending.pop()
        for key in _LISTS:
            yield from (one for one in place[key].items() if _is_whole(one))
        pending += reversed(place.branches())


def _is_whole(place: Cursor) -> bool:
    """Whether a container is added: one that changes others finds them by an anchor."""
    keys = [key for key, _ in place.entries()]
    anchored = any(key.startswith(_ANCHORS) for key in keys)
    words = (place["name"].word(), place["image"].word())
    return not anchored and all(one and _PUT_IN not in one for one in words)


def unread_contributions(obj: KubernetesObject) -> Iterator[DocumentError]:
    """Why containers are not read that a policy writes in expressions, or as JSON patches."""
    if obj.kind in _OF_EXPRESSIONS:
        mutations = (obj.body["spec"], *obj.body.at("spec", "mutations").items())
        places = [one.at(key, "expression") for one in mutations for key in _EXPRESSIONS]
        places += [one["expression"] for one in obj.body.at("spec", "generate").items()]
    elif obj.group == _KYVERNO:
        places = list(_patches(obj, "patchesJson6902"))
    else:
        return
    for place in places:
        if isinstance(place.node, Scalar) and _adds(place.node.text, obj.kind):
            message = f"the containers that this {obj.kind} adds are not examined"
            help_ = "check a pod that it has changed: `kubectl get pod … -o yaml`"
            yield DocumentError(ProblemKind.UNREADABLE, message, place.span, help_)


def _adds(text: str, kind: str) -> bool:
    """Whether a container with an image of its own is written there; bare words are YAML's."""
    quoted = kind in _OF_EXPRESSIONS
    return _CONTAINERS.search(text) is not None and any(
        found[1] == found[2] and (found[1] or not quoted) for found in _IMAGE.finditer(text)
    )
