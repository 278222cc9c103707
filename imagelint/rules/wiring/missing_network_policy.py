"""The rule `missing-network-policy`."""

from __future__ import annotations

from imagelint.deployment.isolation import neighbouring_policy
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.links.scope import Scope
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(
    Pod,
    Severity.INFO,
    confidence=Confidence.LIKELY,
    references=(
        "kube-linter non-isolated-pod",
        "kube-score pod-networkpolicy",
        "Polaris missingNetworkPolicy",
        "Kyverno add-network-policy",
    ),
)
def missing_network_policy(pod: Pod, ctx: Context) -> Findings:
    """Others in the namespace have a network policy, and none selects this pod.

    What no policy selects is reached by every pod of the cluster, and reaches everything: of a
    model server also the ports by which its processes talk to each other, which ask nobody for a
    key and run what they are sent.

    Except:
        Namespaces without any policy in what is examined, pods that end, and pods that use the
        network of their node, for which no policy holds. Policies of Calico, Cilium or
        administrators, which may select any pod.

    Bad (pods.yaml):
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web}
        spec: {podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}]}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0

    Good (pods.yaml):
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web}
        spec: {podSelector: {}, ingress: [{ports: [{port: 80}]}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
    """
    if not pod.restarts or pod.partial:
        return
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    policy = neighbouring_policy(pod, scope)
    if policy:
        yield ctx.finding(
            pod,
            f"no network policy selects the pod, though there is `{policy}` beside it",
            help="let a `NetworkPolicy` select it that says who may reach it",
            subject=pod.owner.name,
        )
