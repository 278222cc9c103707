"""Selectors that certainly select nothing, and what they must have meant."""

from __future__ import annotations

from itertools import chain, islice
from posixpath import dirname
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.landmarks import PodPlace, pods_of, service_named
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.wiring.nodes import (
    DisruptionBudget,
    Monitor,
    NetworkPolicy,
    Service,
)
from imagelint.documents.queries.links.scope import MANY, Scope, holds_open, near, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.wiring.nodes import Labels, Selector

_GROUP, _GROUP_LABEL = "LeaderWorkerSet", "leaderworkerset.sigs.k8s.io/name"
_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet")


class Selection(NamedTuple):
    """A selector, what it selects (`Pod` or `Service`), and in which namespaces.

    `named` is the name of who selects: often what is selected has the same. `widens` tells that it
    may be told to look into other namespaces.
    """

    selector: Selector
    selects: str
    namespaces: tuple[str, ...]
    named: str = ""
    widens: bool = False


class Candidate(NamedTuple):
    """What may have been meant: what it is called, its labels, and those of what makes it.

    `elsewhere` is its namespace where that alone keeps it from being selected.
    `name` is that of the workload whose pods they are.
    """

    title: str
    labels: Labels
    above: Labels = ()
    elsewhere: str = ""
    name: str = ""

    @property
    def together(self) -> Labels:
        """All labels, as if what makes it gave its own to what it makes."""
        return tuple({**dict(self.above), **dict(self.labels)}.items())


class Unmatched(NamedTuple):
    """A selector that selects nothing: the `candidate` that it must have meant, if one is near.

    `certain` is true where nothing else can be meant.
    """

    candidate: Candidate | None
    certain: bool


def service_selection(service: Service) -> Selection:
    """What a Service selects."""
    obj = service.object
    return Selection(service.selected, "Pod", (obj.namespace,), named=obj.name)


def unmatched(selection: Selection, scope: Scope) -> Unmatched | None:
    """Why nothing is selected; None where anything is, or may be.

    That is certain where the run is closed. Elsewhere what is selected may lie in another
    repository: then the pods of the same file must tell that they are meant.
    """
    # Among many, which is meant would be a guess, and each would be compared with each.
    candidates = tuple(islice(_candidates(selection, scope), MANY + 1))
    meant = _meant(selection, candidates) if len(candidates) <= MANY else None
    if meant is None and not candidates:
        meant = (
            _within_group(selection, scope)
            or _beside(selection, scope)
            or _elsewhere(selection, scope)
        )
    if meant is None and not scope.closed:  # most are right, and need not be looked for
        return None
    selector, kind = selection.selector, selection.selects
    if any(scope.selects_anything(selector, kind, each) for each in selection.namespaces):
        return None
    if scope.closed and not any(map(scope.is_open, selection.namespaces)):
        return Unmatched(meant.candidate if meant else None, certain=True)
    return meant


def _candidates(selection: Selection, scope: Scope) -> Iterator[Candidate]:
    """What the file itself holds of the kind, as far as nothing else selects it.

    None where an operator may make more of it.
    """
    manifest = scope.manifest
    if manifest is None or manifest.derived(holds_open):
        return
    selected = manifest.derived(_purpose(manifest, selection))
    own = selected.by_one.get(selection.selector.span, ())
    for there, candidate in chain(selected.by_none, own):
        if any(same(there, namespace) for namespace in selection.namespaces):
            yield candidate


class _Selected(NamedTuple):
    """What nothing selects, and what a single selector does, with the namespace of each."""

    by_none: list[tuple[str, Candidate]]
    by_one: dict[Span, list[tuple[str, Candidate]]]


def _purpose(manifest: Manifest, selection: Selection) -> Callable[[Document], _Selected]:
    """Selectors of the same kind, for the same purpose, count."""
    if selection.selects == "Service":
        return _by_monitors
    place = selection.selector.span
    if place in manifest.derived(_spans_of_policies):
        return _by_policies
    if place in manifest.derived(_spans_of_pod_monitors):
        return _by_pod_monitors
    return _by_budgets if place in manifest.derived(_spans_of_budgets) else _by_services


def _spans_of_budgets(document: Document) -> frozenset[Span]:
    return frozenset(one.selector.span for one in document.nodes_of(DisruptionBudget))


def _spans_of_policies(document: Document) -> frozenset[Span]:
    return frozenset(one.span for one in _of_policies(document))


def _spans_of_pod_monitors(document: Document) -> frozenset[Span]:
    return frozenset(one.selector.span for one in _pod_monitors(document))


def _pod_monitors(document: Document) -> Iterator[Monitor]:
    return (one for one in document.nodes_of(Monitor) if one.selects == "Pod")


def _of_policies(document: Document) -> Iterator[Selector]:
    for policy in document.nodes_of(NetworkPolicy):
        yield from (policy.selector, *policy.peers)


def _by_policies(document: Document) -> _Selected:
    return _selected(document, "Pod", list(_of_policies(document)))


def _by_monitors(document: Document) -> _Selected:
    return _selected(document, "Service", [one.selector for one in document.nodes_of(Monitor)])


def _by_pod_monitors(document: Document) -> _Selected:
    return _selected(document, "Pod", [one.selector for one in _pod_monitors(document)])


def _by_budgets(document: Document) -> _Selected:
    return _selected(document, "Pod", [one.selector for one in document.nodes_of(DisruptionBudget)])


def _by_services(document: Document) -> _Selected:
    return _selected(document, "Pod", [one.selected for one in document.nodes_of(Service)])


def _selected(document: Document, kind: str, selectors: list[Selector]) -> _Selected:
    found = _Selected([], {})
    if not isinstance(document, Manifest):
        return found
    by_label: dict[tuple[str, str] | None, list[Selector]] = {}
    for one in selectors:
        if not one.is_empty:
            by_label.setdefault(one.leading, []).append(one)
    for there, candidate in _of_kind(document, kind):
        matching = (
            one.span
            for label in (*dict.fromkeys(candidate.labels), None)
            for one in by_label.get(label, ())
            if one.matches(candidate.labels)
        )
        spans = set(islice(matching, 2))  # more are not told apart
        if len(spans) <= 1:
            place = found.by_one.setdefault(spans.pop(), []) if spans else found.by_none
            place.append((there, candidate))
    return found


def _of_kind(manifest: Manifest, kind: str) -> Iterator[tuple[str, Candidate]]:
    if kind == "Service":
        for service in manifest.nodes_of(Service):
            obj = service.object
            yield obj.namespace, Candidate(f"the Service `{obj.name}`", obj.labels)
        return
    for pod in manifest.pods:
        if pod.restarts and pod.settled:
            owner = pod.owner
            of = "" if owner.kind == "Pod" else "pods of the "
            title = f"the {of}{owner.kind} `{owner.name}`"
            yield owner.namespace, Candidate(title, pod.labels, owner.labels, name=owner.name)


def _meant(selection: Selection, candidates: tuple[Candidate, ...]) -> Unmatched | None:
    """The one with the same labels, and values that are near; or whose maker alone has them.

    Else the one without any of the labels whose workload has the name that one is asked for.
    """
    selector = selection.selector
    alike = [one for one in candidates if selector.keys <= dict(one.labels).keys()]
    likely = [one for one in alike if _is_near(selector, one)]
    if not likely:
        likely = [one for one in candidates if selector.matches(one.together)]
    if len(likely) == 1:
        return Unmatched(likely[0], certain=len(candidates) == 1)
    values = {value for _, value in selector.labels}
    called = [
        one
        for one in candidates
        if one.name in values and selector.keys.isdisjoint(dict(one.labels))
    ]
    return Unmatched(called[0], certain=False) if len(called) == 1 else None


def _within_group(selection: Selection, scope: Scope) -> Unmatched | None:
    """The pods of a group that a selector names, none of which has the other labels.

    Whatever else an operator makes has not this name of a group.
    """
    selector = selection.selector
    named = dict(selector.labels).get(_GROUP_LABEL)
    if named is None or selection.selects != "Pod":
        return None
    found = scope.nearest(
        pods_of(_GROUP, named),
        PodPlace,
        lambda one: any(same(one.namespace, each) for each in selection.namespaces),
    )
    places = [one for _, one in found.nodes]
    if not all(one.settled for one in places) or any(
        selector.matches(one.labels) for one in places
    ):
        return None
    alike = [one for one in places if selector.keys <= dict(one.labels).keys() | {_GROUP_LABEL}]
    title = f"the pods of the {_GROUP} `{named}`"
    return Unmatched(Candidate(title, alike[0].labels), certain=found.here) if alike else None


def _beside(selection: Selection, scope: Scope) -> Unmatched | None:
    """What is meant that has the name of who selects, in another file of the same folder."""
    manifest, selector = scope.manifest, selection.selector
    if manifest is None or not selection.named or manifest.derived(holds_open):
        return None
    found = [one for origin, one in _of_name(selection, scope) if dirname(origin) == scope.folder]
    if len(found) != 1:
        return None
    (only,) = found
    apart = selector.keys.isdisjoint(dict(only.labels)) or selector.differs(only.labels) is None
    return None if apart else Unmatched(only, certain=False)


def _elsewhere(selection: Selection, scope: Scope) -> Unmatched | None:
    """What has all the labels, in one namespace that is not looked into.

    It stands in the same file or folder, or the run is closed: nothing else has the labels.
    """
    selector, namespaces = selection.selector, selection.namespaces
    if not (selection.widens and all(namespaces) and selector.known) or selector.is_empty:
        return None
    found = list(_anywhere(selection, scope))
    near = scope.closed or all(dirname(origin) == scope.folder for origin, _ in found)
    places = {one.elsewhere for _, one in found} - {""}
    if not near or len(places) != 1 or any(map(scope.is_open, namespaces)):
        return None
    return Unmatched(found[0][1], certain=all(origin == scope.origin for origin, _ in found))


def _anywhere(selection: Selection, scope: Scope) -> Iterator[tuple[str, Candidate]]:
    """The nearest that has the labels, whatever its namespace, each with its file."""
    if selection.selects == "Service":
        for origin, service in scope.services(selection.selector, ("",)).nodes:
            obj = service.object
            title = f"the Service `{obj.name}` is"
            yield origin, Candidate(title, obj.labels, elsewhere=obj.namespace)
        return
    for origin, place in scope.pods(selection.selector, "").nodes:
        yield origin, Candidate("pods with them are", place.labels, elsewhere=place.namespace)


def _of_name(selection: Selection, scope: Scope) -> Iterator[tuple[str, Candidate]]:
    """The Services, or the pods of workloads, of a name, each with its file."""
    named = selection.named

    def fits(namespace: str) -> bool:
        return any(same(namespace, each) for each in selection.namespaces)

    if selection.selects == "Service":
        services = scope.nearest(
            service_named(named), Service, lambda one: fits(one.object.namespace)
        )
        for origin, service in services.nodes:
            yield origin, Candidate(f"the Service `{named}`", service.object.labels)
        return
    for kind in _WORKLOADS:
        pods = scope.nearest(pods_of(kind, named), PodPlace, lambda one: fits(one.namespace))
        for origin, place in pods.nodes:
            if place.settled:
                yield origin, Candidate(f"the pods of the {kind} `{named}`", place.labels)


def _is_near(selector: Selector, candidate: Candidate) -> bool:
    differing = selector.differs(candidate.labels)
    if differing is None:
        return False
    _, asked, there = differing
    return near(asked, there)
