"""The rule `writable-root`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.kubernetes.objects import Container
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Container,
    Severity.MEDIUM,
    references=(
        "Trivy KSV-0014",
        "Checkov CKV_K8S_22",
        "kube-linter no-read-only-root-fs",
        "kube-score container-security-context-readonlyrootfilesystem",
        "Polaris notReadOnlyRootFilesystem",
        "Kyverno require-ro-rootfs",
    ),
)
def writable_root(container: Container, ctx: Context) -> Findings:
    """The container's root filesystem is writable.

    Whoever gets into the process can change the program that runs next. Mount what must be
    written: `/tmp`, the model and compile caches, `/dev/shm`.

    Except:
        Containers with GPUs get a low severity: on nodes that inject devices by CDI, hooks of the
        NVIDIA toolkit before 1.20 write into the root filesystem and fail. Windows pods
        are left alone, and patches, which hold only a part of a container.
        Pods of a DaemonSet, which do a node's work, get a low severity.

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
              securityContext: {readOnlyRootFilesystem: true}
    """
    place = container.privileges.read_only_root
    fact = place.value
    closed = isinstance(fact, Known) and fact.value
    if closed or not (fact is ABSENT or isinstance(fact, Known)) or container.windows:
        return
    if fact is ABSENT and container.partial:
        return
    lower = container.owner.is_node_agent or isinstance(container.runtime.gpus, Known)
    yield ctx.finding(
        place,
        f"the root filesystem of the container `{container.name}` is writable",
        help=_HELP,
        subject=container.name,
        severity=Severity.LOW if lower else None,
        cause=container.security_context if fact is ABSENT else "",
    )


_HELP = (
    "set `securityContext.readOnlyRootFilesystem: true`, and mount an `emptyDir` where it writes"
)
