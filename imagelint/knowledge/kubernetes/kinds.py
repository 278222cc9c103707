"""The kinds that Kubernetes' own API groups serve, or once served."""

from __future__ import annotations

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table

_LIKENESS = 0.8
_SUFFIX = ".k8s.io"


class Served(NamedTuple):
    """A version of a group (`apps/v1`), and the release that no longer serves the kind there."""

    api: str
    removed: str


@looked_up
def served(kind: str) -> tuple[Served, ...]:
    """The versions that have a kind, those that are still served first; empty for none of them."""
    found = [
        Served(row["api"], row.get("removed", ""))
        for row in table("kubernetes_kinds")["versions"]
        if kind in row["kinds"]
    ]
    return tuple(sorted(found, key=lambda one: bool(one.removed)))


@looked_up
def _groups() -> frozenset[str]:
    return frozenset(group_of(row["api"]) for row in table("kubernetes_kinds")["versions"])


@looked_up
def versions() -> frozenset[str]:
    """Every `apiVersion` of Kubernetes itself."""
    return frozenset(row["api"] for row in table("kubernetes_kinds")["versions"])


def group_of(api: str) -> str:
    """The group of an `apiVersion`, empty for the core group."""
    return api.rpartition("/")[0]


def is_own_group(group: str) -> bool:
    """Whether a group is one of Kubernetes itself."""
    return group in _groups()


def may_mean_own_group(group: str) -> bool:
    """Whether a group is one of Kubernetes itself, or nobody's and so nearly one.

    A custom resource's group has a dot in it (`apiextensions.k8s.io`: "should be a domain with at
    least one dot"), so a group without one is of Kubernetes or a mistake, as is one with the suffix
    of others (`apps.k8s.io`).
    """
    return "." not in group or is_own_group(group) or is_own_group(group.removesuffix(_SUFFIX))


@looked_up
def meant_kind(kind: str) -> str:
    """The kind that a word is, or must have been meant as (`deployments`); empty for none."""
    if served(kind) or not kind:
        return kind
    known = sorted({one for row in table("kubernetes_kinds")["versions"] for one in row["kinds"]})
    low = kind.lower()
    by_case = {one.lower(): one for one in known}
    for word in (low, low.removesuffix("s"), low.removesuffix("es")):
        if word in by_case:
            return by_case[word]
    from difflib import get_close_matches

    return by_case.get(next(iter(get_close_matches(low, by_case, 1, _LIKENESS)), ""), "")


def is_client_kind(kind: str) -> bool:
    """Whether a kind of `v1` is one that programs read and no server does: a kubeconfig."""
    return kind in table("kubernetes_kinds")["clients"]


def is_of_old_openshift(kind: str) -> bool:
    """Whether OpenShift took a kind as `v1`, before it gave its groups names."""
    return kind in table("kubernetes_kinds")["openshift"]
