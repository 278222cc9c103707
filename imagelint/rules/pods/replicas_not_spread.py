"""The rule `replicas-not-spread`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.deployment.references import stays_on_one_node
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.gpus.placement import fills_node
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(
    Pod,
    Severity.INFO,
    confidence=Confidence.LIKELY,
    references=(
        "kube-linter no-anti-affinity",
        "kube-score deployment-has-host-podantiaffinity",
        "kube-score statefulset-has-host-podantiaffinity",
        "kube-score pod-topology-spread-constraints",
        "Polaris topologySpreadConstraint",
        "Kyverno spread-pods-across-topology",
    ),
)
def replicas_not_spread(pod: Pod, ctx: Context) -> Findings:
    """Nothing keeps the replicas of a workload on different nodes.

    A node with room for two of them may get both, and takes both with it when it fails or is
    drained. What the scheduler does by itself is weak: it prefers to spread, and gives that up as
    soon as another node is better by other measures. A constraint, or an anti-affinity, helps where
    its `labelSelector` selects the pods themselves; without one it is about no pod.

    Except:
        Replicas that fill a node each (`environment.gpu.per-node`), pods that end, and what is
        kept on one node on purpose.

    Bad (deployment.yaml):
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          replicas: 2
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]

    Good (deployment.yaml):
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: llm}
        spec:
          replicas: 2
          selector: {matchLabels: {app: llm}}
          template:
            metadata: {labels: {app: llm}}
            spec:
              topologySpreadConstraints:
                - maxSkew: 1
                  topologyKey: kubernetes.io/hostname
                  whenUnsatisfiable: ScheduleAnyway
                  labelSelector: {matchLabels: {app: llm}}
              containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
    """
    replicas = pod.own_replicas
    if replicas is None or not isinstance(replicas.value, Known) or replicas.value.value < 2:  # noqa: PLR2004 - several
        return
    if pod.selector is None or pod.spread or pod.partial or not pod.restarts:
        return
    if stays_on_one_node(pod):
        return
    if fills_node(pod, ctx.environment.gpus_per_node):
        return
    yield ctx.finding(
        pod,
        f"{replicas.value.value} replicas may all be put on one node",
        help="write `topologySpreadConstraints` over `kubernetes.io/hostname`",
        subject=pod.owner.name,
    )
