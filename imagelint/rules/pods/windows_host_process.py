"""The rule `windows-host-process`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import Pod
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Pod,
    Severity.HIGH,
    references=(
        "PSS baseline",
        "Trivy KSV-0103",
        "Polaris hostProcess",
        "Kyverno disallow-host-process",
    ),
)
def windows_host_process(pod: Pod, ctx: Context) -> Findings:
    """A container of Windows runs as a process of its node, with all that is on it.

    It is what `privileged` is on Linux: it sees the filesystem, the network and the devices of the
    node, and is confined by nothing.

    Except: pods of a DaemonSet, which do a node's work, get a low severity.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          os: {name: windows}
          hostNetwork: true
          securityContext:
            windowsOptions: {hostProcess: true, runAsUserName: ContainerAdministrator}
          containers: [{name: web, image: "registry.example.com/web:1.4"}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          os: {name: windows}
          securityContext:
            windowsOptions: {runAsUserName: ContainerUser}
          containers: [{name: web, image: "registry.example.com/web:1.4"}]
    """
    for one in pod.stated("windowsOptions", "hostProcess"):
        if one.on:
            yield ctx.finding(
                one.said,
                f"the {one.what} runs as a process of its node",
                help="drop `hostProcess`, and `hostNetwork`, which only such pods need",
                subject=one.name,
                severity=Severity.LOW if pod.owner.is_node_agent else None,
            )
