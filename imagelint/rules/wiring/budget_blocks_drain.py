"""The rule `budget-blocks-drain`."""

from __future__ import annotations

from imagelint.documents.kubernetes.wiring.nodes import DisruptionBudget
from imagelint.documents.queries.links.budgets import blocks_drains
from imagelint.documents.queries.links.scope import Scope
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(
    DisruptionBudget,
    Severity.MEDIUM,
    references=(
        "kube-linter pdb-max-unavailable",
        "kube-linter pdb-min-available",
        "kube-score poddisruptionbudget-has-policy",
        "Polaris pdbDisruptionsIsZero",
        "Polaris pdbMinAvailableGreaterThanHPAMinReplicas",
    ),
)
def budget_blocks_drain(budget: DisruptionBudget, ctx: Context) -> Findings:
    """A PodDisruptionBudget never lets a pod go.

    No node with such a pod can be drained: updates of the cluster, of drivers and of the nodes'
    image stand still until somebody deletes the pod by hand. What an autoscaler leaves at the least
    counts, not what is written as `replicas`; percents are rounded up.

    Bad (server.yaml):
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: llm}
        spec:
          minAvailable: 1
          selector: {matchLabels: {app: llm}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          replicas: 1
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]

    Good (server.yaml):
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: llm}
        spec:
          maxUnavailable: 1
          selector: {matchLabels: {app: llm}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          replicas: 1
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
    """
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    found = blocks_drains(budget, scope)
    if found is None:
        return
    of = "" if found.pods is None else f" of {found.pods} pod{'s' if found.pods > 1 else ''}"
    yield ctx.finding(
        found.place,
        f"`{found.said}`{of}: no node that holds one of them can be drained",
        help="write `maxUnavailable: 1`",
        subject=budget.object.name,
        confidence=None if found.certain else Confidence.LIKELY,
    )
