"""The rule `selector-too-wide`."""

from __future__ import annotations

from imagelint.documents.kubernetes.wiring.nodes import DisruptionBudget, Service
from imagelint.documents.queries.links.overlaps import mixed_port, shared_pods
from imagelint.documents.queries.links.scope import Scope
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule((Service, DisruptionBudget), Severity.HIGH, confidence=Confidence.LIKELY)
def selector_too_wide(one: Service | DisruptionBudget, ctx: Context) -> Findings:
    """A Service, or a budget, selects pods of others as well.

    A Service that takes in a workload which does not listen on its port sends a part of all
    requests to where they are refused. A pod of two budgets cannot be evicted at all: every drain
    of its node fails with "more than one PodDisruptionBudget". Most often the labels are those
    that all parts of an application have.

    Except:
        Pods that do not say on which ports they listen, pods of one object, headless Services.
        Budgets in different files, unless they are rendered together.

    Bad (server.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec: {selector: {app: chat}, ports: [{port: 80, targetPort: 8000}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: chat, part: server}}
        spec:
          containers:
            - {name: server, image: "vllm/vllm-openai:v0.30.0", args: [--model, /m]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: cache, labels: {app: chat, part: cache}}
        spec:
          containers: [{name: redis, image: "redis:7.4", ports: [{containerPort: 6379}]}]

    Good (server.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec: {selector: {app: chat, part: server}, ports: [{port: 80, targetPort: 8000}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: chat, part: server}}
        spec:
          containers:
            - {name: server, image: "vllm/vllm-openai:v0.30.0", args: [--model, /m]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: cache, labels: {app: chat, part: cache}}
        spec:
          containers: [{name: redis, image: "redis:7.4", ports: [{containerPort: 6379}]}]
    """
    if one.object.incomplete:
        return
    if isinstance(one, DisruptionBudget):
        shared = shared_pods(one, ctx.document)
        if shared is not None:
            yield ctx.finding(
                one.selector,
                f"the pods of {shared.pod} are in the budget `{shared.other.object.name}` as well:"
                " nothing can evict them",
                help="select labels that only the pods of one budget have",
                subject=one.object.name,
                severity=Severity.MEDIUM,
                confidence=Confidence.CERTAIN,
            )
        return
    mixed = mixed_port(one, Scope(ctx.document, ctx.project, ctx.environment.closed))
    if mixed is not None:
        yield ctx.finding(
            one.selected,
            f"the pods of {mixed.owner} are behind the Service as well, and do not listen on"
            f" {mixed.port}",
            help="add a label to the selector that only the servers have",
            subject=one.object.name,
        )
