"""The rule `selector-without-match`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.wiring.nodes import (
    DisruptionBudget,
    Monitor,
    NetworkPolicy,
    Service,
)
from imagelint.documents.queries.links.dangling import Selection, service_selection, unmatched
from imagelint.documents.queries.links.scope import Scope
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from imagelint.documents.base import Node

    Selecting: TypeAlias = Service | Monitor | DisruptionBudget | NetworkPolicy

# Google's looks into its own namespace, and cannot be told otherwise.
_NARROW = ("PodMonitoring",)
_WHAT = {"Pod": "no pod", "Service": "no Service"}


@rule(
    (Service, Monitor, DisruptionBudget, NetworkPolicy),
    Severity.HIGH,
    references=(
        "kube-linter dangling-service",
        "kube-linter dangling-servicemonitor",
        "kube-linter dangling-networkpolicy",
        "kube-linter dangling-networkpolicypeer-podselector",
        "kube-score service-targets-pod",
        "kube-score networkpolicy-targets-pod",
    ),
)
def selector_without_match(one: Selecting, ctx: Context) -> Findings:
    """A Service, a monitor, a budget or a network policy selects nothing.

    Nobody says so: the Service has no endpoints and refuses every connection, the monitor scrapes
    nothing and its alerts never fire, the budget protects nobody, and so does the policy; who is
    let in by labels that nobody has stays out. Most often a label was renamed in one of two places,
    or a monitor stands in a namespace of its own, and is not told to look into that of the server.

    Except:
        What may be defined outside of what is examined: without `closed: true` in the policy, or
        `--closed`, only what the same file, or the same rendering, must have meant, and what has
        the same name in the same folder. Pods and Services that operators make.

    Bad (server.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec: {selector: {app: vllm}, ports: [{port: 80, targetPort: 8000}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: vllm-server}}
        spec:
          containers: [{name: server, image: "registry.example.com/llm:1.4"}]

    Good (server.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec: {selector: {app: vllm-server}, ports: [{port: 80, targetPort: 8000}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: vllm-server}}
        spec:
          containers: [{name: server, image: "registry.example.com/llm:1.4"}]
    """
    if one.object.incomplete:
        return
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    for selection in _selections(one):
        found = unmatched(selection, scope)
        if found is None:
            continue
        said = f"{_WHAT[selection.selects]} is selected by these labels"
        help_ = "select labels that something has which is examined"
        place: Node = selection.selector
        if found.candidate is not None and found.candidate.elsewhere:
            looked = " and ".join(f"`{each}`" for each in selection.namespaces)
            there = found.candidate.elsewhere
            said += f": it looks into {looked}, and {found.candidate.title} in `{there}`"
            help_ = f"add `namespaceSelector: {{matchNames: [{there}]}}`"
            if one.object.kind in _NARROW:
                help_ = f"move it to `{there}`"
        elif found.candidate is not None:
            name, asked, there = selection.selector.differs(found.candidate.labels) or ("", "", "")
            said += (
                f": `{name}` is `{there}` in {found.candidate.title}, not `{asked}`"
                if there
                else f": {found.candidate.title} have no label `{name}`"
            )
            help_ = f"write `{name}: {there}`" if there else f"give the pods `{name}: {asked}`"
            place = selection.selector.label(name)
        yield ctx.finding(
            place,
            said,
            help=help_,
            subject=one.object.name,
            severity=None if isinstance(one, Service) else Severity.MEDIUM,
            confidence=None if found.certain else Confidence.LIKELY,
        )


def _selections(one: Selecting) -> Iterator[Selection]:
    if isinstance(one, Service):
        yield service_selection(one)
    elif isinstance(one, DisruptionBudget):
        yield Selection(one.selector, "Pod", (one.object.namespace,), named=one.object.name)
    elif isinstance(one, NetworkPolicy):
        for selector in (one.selector, *one.peers):
            yield Selection(selector, "Pod", (one.object.namespace,))
    elif isinstance(one.namespaces, Known):
        named = one.object.name
        yield Selection(one.selector, one.selects, one.namespaces.value, named, widens=True)
