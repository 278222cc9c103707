"""The rule `missing-cpu-request`."""

from __future__ import annotations

from imagelint.deployment.limits import unlimited
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.links.scope import Scope
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Pod,
    Severity.LOW,
    references=(
        "Trivy KSV-0015",
        "Checkov CKV_K8S_10",
        "kube-linter unset-cpu-requirements",
        "kube-score container-resources",
        "Polaris cpuRequestsMissing",
        "Kyverno require-pod-requests-limits",
    ),
)
def missing_cpu_request(pod: Pod, ctx: Context) -> Findings:
    """The container is promised no CPU.

    The scheduler takes it for free and fills the node with others; when all of them want to work,
    it gets next to nothing. Limits are another matter: they slow down what reads and writes
    tokens while the node is idle, and are not asked for.

    Except:
        Limits of CPU, which are requests as well. Init containers, patches, what an operator
        completes, and pods with requests as a whole, or with a LimitRange in their namespace.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: gateway
              image: nginx:1.29.1

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
            - name: gateway
              image: nginx:1.29.1
              resources: {requests: {cpu: 100m}}
    """
    scope = Scope(ctx.document, ctx.project, ctx.environment.closed)
    for one in unlimited(pod, "cpu", scope):
        if not one.asks:
            yield ctx.finding(
                one.request,
                f"the container `{one.container.name}` requests no CPU",
                help="set `resources.requests.cpu: …` to what it needs all the time",
                subject=one.container.name,
            )
