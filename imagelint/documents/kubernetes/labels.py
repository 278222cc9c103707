"""Labels that controllers give to pods, beside those that the templates of pods write.

https://kubernetes.io/docs/reference/labels-annotations-taints/;
kubernetes-sigs/lws:api/leaderworkerset/v1/leaderworkerset_types.go,
pkg/controllers/leaderworkerset_controller.go, pkg/controllers/pod_controller.go
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.cursor import Cursor

_LWS = "leaderworkerset.sigs.k8s.io/"
GROUP_MEMBER = f"{_LWS}worker-index"
"""Which pod of its group one is: the leader is `0`."""
_GROUPS_NAME = f"{_LWS}name"
# Their values tell pods of one template apart, or are made up when a pod is.
_MADE = frozenset(
    (
        *("statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"),
        *("pod-template-hash", "controller-revision-hash", "pod-template-generation"),
        *("rollouts-pod-template-hash", "job-name", "controller-uid"),
        *("batch.kubernetes.io/job-name", "batch.kubernetes.io/controller-uid"),
        "batch.kubernetes.io/job-completion-index",
        *(GROUP_MEMBER, f"{_LWS}group-index", f"{_LWS}group-key"),
        *(f"{_LWS}subgroup-index", f"{_LWS}subgroup-key"),
        f"{_LWS}template-revision-hash",
    )
)


def is_made(label: str) -> bool:
    """Whether a controller gives pods a label whose value no template tells."""
    return label in _MADE


def labels_of(obj: KubernetesObject, template: Cursor) -> tuple[tuple[str, str], ...]:
    """The labels of the pods that are made of a template, as far as they are known."""
    given = _given(obj, template)
    written = template.at("metadata", "labels").pairs()
    names = {name for name, _ in given}
    return (*(one for one in written if one[0] not in names), *given)


def _given(obj: KubernetesObject, template: Cursor) -> tuple[tuple[str, str], ...]:
    """What all pods of a template have as labels that it does not write, as far as that is known.

    Of the workers beside a leader the first one stands for all.
    """
    from imagelint.documents.kubernetes.pods.shapes import is_group, leads_group

    if not is_group(obj) or not obj.name:
        return ()
    named = (_GROUPS_NAME, obj.name)
    if leads_group(obj, template) and template.key == "workerTemplate":
        return (named,)
    return (named, (GROUP_MEMBER, "0" if leads_group(obj, template) else "1"))
