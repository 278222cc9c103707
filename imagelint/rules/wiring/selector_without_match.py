"""The rule `selector-without-match`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.wiring.nodes import DisruptionBudget, Monitor, Service
from imagelint.documents.queries.links.dangling import Selection, service_selection, unmatched
from imagelint.documents.queries.links.scope import Scope
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Node

_WHAT = {"Pod": "no pod", "Service": "no Service"}


@rule(
    (Service, Monitor, DisruptionBudget),
    Severity.HIGH,
    references=(
        "kube-linter dangling-service",
        "kube-linter dangling-servicemonitor",
        "kube-score service-targets-pod",
    ),
)
def selector_without_match(one: Service | Monitor | DisruptionBudget, ctx: Context) -> Findings:
    """A Service, a monitor or a budget selects nothing.

    Nobody says so: the Service has no endpoints and refuses every connection, the monitor scrapes
    nothing and its alerts never fire, the budget protects nobody. Most often a label was renamed in
    one of two places.

    Except:
        What may be defined outside of what is examined: without `closed: true` in the policy, or
        `--closed`, only what the same file, or the same rendering, must have meant. Pods and
        Services that operators make.

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
    selection = _selection(one)
    if selection is None or one.object.incomplete:
        return
    found = unmatched(selection, Scope(ctx.document, ctx.project, ctx.environment.closed))
    if found is None:
        return
    said = f"{_WHAT[selection.selects]} is selected by these labels"
    help_ = "select labels that something has which is examined"
    place: Node = selection.selector
    if found.candidate is not None:
        name, asked, there = selection.selector.differs(found.candidate.labels) or ("", "", "")
        said += f": `{name}` is `{there}` in {found.candidate.title}, not `{asked}`"
        help_, place = f"write `{name}: {there}`", selection.selector.label(name)
    yield ctx.finding(
        place,
        said,
        help=help_,
        subject=one.object.name,
        severity=None if isinstance(one, Service) else Severity.MEDIUM,
        confidence=None if found.certain else Confidence.LIKELY,
    )


def _selection(one: Service | Monitor | DisruptionBudget) -> Selection | None:
    if isinstance(one, Service):
        return service_selection(one)
    if isinstance(one, DisruptionBudget):
        return Selection(one.selector, "Pod", (one.object.namespace,))
    if isinstance(one.namespaces, Known):
        return Selection(one.selector, one.selects, one.namespaces.value)
    return None
