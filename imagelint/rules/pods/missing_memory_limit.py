"""The rule `missing-memory-limit`."""

from __future__ import annotations

from imagelint.deployment.limits import unlimited
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.links.scope import Scope
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Pod,
    Severity.LOW,
    references=(
        "Trivy KSV-0016",
        "Trivy KSV-0018",
        "Checkov CKV_K8S_12",
        "Checkov CKV_K8S_13",
        "kube-linter unset-memory-requirements",
        "kube-score container-resources",
        "Polaris memoryRequestsMissing",
        "Polaris memoryLimitsMissing",
        "Kyverno require-pod-requests-limits",
    ),
)
def missing_memory_limit(pod: Pod, ctx: Context) -> Findings:
    """The container may take all the memory of its node.

    Where nothing limits it, a leak, or weights that are loaded twice, make the kernel kill whatever
    it finds on that node. A limit without a request is a request as well, so that the pod only
    comes to a node that has the memory.

    Except:
        Init containers, patches, what an operator completes, and pods with limits as a whole, or
        with a LimitRange in their namespace.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: gateway
              image: nginx:1.29.1
              resources: {requests: {cpu: 100m}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: gateway
              image: nginx:1.29.1
              resources: {requests: {cpu: 100m}, limits: {memory: 256Mi}}
    """
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    for one in unlimited(pod, "memory", scope):
        what = "no limit" if one.asks else "neither a request nor a limit"
        yield ctx.finding(
            one.limit,
            f"the container `{one.container.name}` has {what} of memory",
            help="set `resources.limits.memory: …` to what it needs at most",
            subject=one.container.name,
        )
