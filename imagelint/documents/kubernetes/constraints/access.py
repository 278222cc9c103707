"""What the API server holds roles and their bindings to.

kubernetes/kubernetes@v1.37: pkg/apis/rbac/validation/validation.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.complaints import InvalidValue
from imagelint.documents.kubernetes.constraints import names, unions
from imagelint.documents.kubernetes.constraints.pods import conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from imagelint.documents.base import Complaint
    from imagelint.documents.kubernetes.constraints.rules import Held
    from imagelint.documents.yaml.cursor import Cursor

_GROUP = "rbac.authorization.k8s.io"


def powers(held: Held) -> Iterator[Complaint]:
    """Resources of groups, or addresses."""
    place = held.place
    addresses = place["nonResourceURLs"]
    for key in ("apiGroups", "resources"):
        if addresses.items() and place[key].items():
            message = f"`nonResourceURLs` stands beside `{key}`"
            yield conflict(addresses, message, "make it a rule of its own")
            return
        if held.whole and not addresses.exists and not place[key].exists:
            message = f"a PolicyRule has no `{key}`"
            yield unions.missing(place, message, f"write its `{key}`")


def binding(held: Held) -> Iterator[Complaint]:
    """A role of the namespace or of the cluster; of a cluster, accounts of some namespace."""
    place, whole = held.place, held.type.title == "ClusterRoleBinding"
    role = place["roleRef"]
    kinds = ("ClusterRole",) if whole else ("Role", "ClusterRole")
    yield from _one_of(role["kind"], kinds)
    yield from _one_of(role["apiGroup"], (_GROUP,))
    for subject in place["subjects"].items():
        yield from _one_of(subject["kind"], ("User", "Group", "ServiceAccount"))
        account = held.whole and subject["kind"].word() == "ServiceAccount"
        if whole and account and not unions.is_there(subject["namespace"]):
            message = "a ServiceAccount has no `namespace`"
            yield unions.missing(subject, message, "write its `namespace`")


def _one_of(place: Cursor, words: tuple[str, ...]) -> Iterator[Complaint]:
    word = names.word_of(place)
    if word and word not in words:
        message = f"`{place.key}` cannot be `{word}`"
        help_ = f"write {' or '.join(words)}"
        yield InvalidValue(place.span, place.path, message, help_)


RULES: Mapping[str, Callable[[Held], Iterator[Complaint]]] = {
    "rbac.v1.ClusterRoleBinding": binding,
    "rbac.v1.PolicyRule": powers,
    "rbac.v1.RoleBinding": binding,
}
