"""Selectors that take in more than they should: pods of others, and pods of each other."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.wiring.nodes import DisruptionBudget
from imagelint.documents.queries.links.ports import declares, listens_on
from imagelint.documents.queries.links.scope import same
from imagelint.documents.queries.links.targets import port_target, targets_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.base import Document
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.kubernetes.wiring.nodes import Service
    from imagelint.documents.queries.links.scope import Scope

_MOST = 16  # budgets with one label that are compared for a pod


class Shared(NamedTuple):
    """A pod of two budgets: what it is called, and the other budget, which comes first."""

    pod: str
    other: DisruptionBudget


class Mixed(NamedTuple):
    """A port of a Service on which some of its pods listen, and those of `owner` do not."""

    owner: str
    port: int


def shared_pods(budget: DisruptionBudget, document: Document) -> Shared | None:
    """The first pod of a budget that another one of its file, or rendering, protects as well."""
    return document.derived(_shared).get(budget.selector.span)


def _shared(document: Document) -> dict[Span, Shared]:
    if not isinstance(document, Manifest):
        return {}
    by_label: dict[tuple[str, str] | None, list[DisruptionBudget]] = {}
    for budget in document.nodes_of(DisruptionBudget):
        selector = budget.selector
        if selector.known and not selector.is_empty:
            alike = by_label.setdefault(selector.leading, [])
            alike += [budget] if len(alike) < _MOST else []
    found: dict[Span, Shared] = {}
    for pod in document.pods if by_label else ():
        several = list(islice(_protecting(pod, by_label), _MOST))
        for budget in several[1:]:
            found.setdefault(budget.selector.span, Shared(_called(pod), several[0]))
    return found


def _protecting(
    pod: Pod, by_label: dict[tuple[str, str] | None, list[DisruptionBudget]]
) -> Iterator[DisruptionBudget]:
    """The budgets that certainly protect a pod, each once, in their order."""
    near = [one for label in (*pod.labels, None) for one in by_label.get(label, ())]
    for budget in sorted({one.span: one for one in near}.values(), key=lambda one: one.span):
        there, own = budget.object.namespace, pod.owner.namespace
        if same(there, own) and budget.selector.matches(pod.labels):
            yield budget


def mixed_port(service: Service, scope: Scope) -> Mixed | None:
    """A port of a Service on which pods of one workload listen, and of another do not."""
    if service.headless:
        return None
    targets = [one for one in targets_of(service, scope).targets if one.pod.restarts]
    if len({one.pod.owner.span for one in targets}) <= 1:
        return None
    for port in service.ports:
        _, number = port_target(port)
        serving = [one for one in targets if declares(one.pod, one.servers, number)]
        if not number or not serving:
            continue
        for one in targets:
            if not listens_on(one.pod, one.servers, number):
                return Mixed(_called(one.pod), number)
    return None


def _called(pod: Pod) -> str:
    owner = pod.owner
    return f"the {owner.kind} `{owner.name}`"
