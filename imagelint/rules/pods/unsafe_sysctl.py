"""The rule `unsafe-sysctl`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.objects import Pod
from imagelint.knowledge.kubernetes.pod_security import sysctls
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Pod,
    Severity.MEDIUM,
    references=(
        "PSS baseline",
        "Trivy KSV-0026",
        "kube-linter unsafe-sysctls",
        "Kyverno restrict-sysctls",
    ),
)
def unsafe_sysctl(pod: Pod, ctx: Context) -> Findings:
    """The pod sets a parameter of the kernel that is not known to be safe.

    Such a parameter may hold for the node and everybody on it, or take memory that nobody counts.
    A kubelet that was not told to take it (`--allowed-unsafe-sysctls`) refuses the pod.

    Except: pods of a DaemonSet, which do a node's work, get a low severity.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: gateway}
        spec:
          securityContext:
            sysctls: [{name: net.core.somaxconn, value: "4096"}]
          containers: [{name: gateway, image: "nginx:1.29.1"}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: gateway}
        spec:
          securityContext:
            sysctls: [{name: net.ipv4.ip_local_port_range, value: "1024 65000"}]
          containers: [{name: gateway, image: "nginx:1.29.1"}]
    """
    for sysctl in pod.sysctls:
        if isinstance(sysctl.value, Known) and sysctl.value.value not in sysctls():
            yield ctx.finding(
                sysctl,
                f"`{sysctl.value.value}` is none of the parameters that are safe in a pod",
                help="drop it, or let the node set it",
                subject=pod.owner.name,
                severity=Severity.LOW if pod.owner.is_node_agent else None,
            )
