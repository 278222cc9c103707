"""The rule `egress-without-dns`."""

from __future__ import annotations

from imagelint.deployment.isolation import unresolving_server
from imagelint.documents.kubernetes.wiring.nodes import NetworkPolicy
from imagelint.documents.queries.links.scope import Scope
from imagelint.documents.queries.serving import title
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(NetworkPolicy, Severity.HIGH, confidence=Confidence.LIKELY)
def egress_without_dns(policy: NetworkPolicy, ctx: Context) -> Findings:
    """A server may reach the hub of its model, and ask nobody for the hub's address.

    As soon as a policy of the type `Egress` selects a pod, all is forbidden that no policy allows,
    and names are asked for on port 53. The download fails with `Temporary failure in name
    resolution`, again at every restart.

    Except:
        Policies beside which another one allows it, in the run or of another kind (Cilium's,
        Calico's); rules without ports; servers that download nothing; pods on the network of their
        node.

    Bad (llm.yaml):
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: llm}
        spec:
          podSelector: {matchLabels: {app: llm}}
          policyTypes: [Egress]
          egress:
            - ports: [{port: 443}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]

    Good (llm.yaml):
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: llm}
        spec:
          podSelector: {matchLabels: {app: llm}}
          policyTypes: [Egress]
          egress:
            - ports: [{port: 443}]
            - ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: llm, labels: {app: llm}}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
    """
    found = unresolving_server(policy, Scope(ctx.document, ctx.project, ctx.environment.closed))
    if found is not None:
        yield ctx.finding(
            found.place,
            f"{title(found.server)} downloads its model, and no policy lets it ask for an address: "
            "port 53 is not among the ports",
            help="add `- ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]`",
            subject=policy.object.name,
        )
