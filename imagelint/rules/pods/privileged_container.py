"""The rule `privileged-container`."""

from __future__ import annotations

from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Container
from imagelint.documents.queries.privileges import prepares_host, works_for_node
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    (Container, ComposeService),
    Severity.HIGH,
    references=(
        "PSS baseline",
        "Trivy KSV-0017",
        "Checkov CKV_K8S_16",
        "kube-linter privileged-container",
        "kube-score container-security-context-privileged",
        "Polaris runAsPrivileged",
        "Kyverno disallow-privileged-containers",
    ),
)
def privileged_container(container: Container | ComposeService, ctx: Context) -> Findings:
    """The container is privileged: it can do on its host whatever root can.

    A privileged container sees all devices of its host and may load kernel modules: there is no
    border left to break out of. No model server needs it; GPUs are requested as resources.

    Except:
        Pods of a DaemonSet do the work of a node (drivers, device plugins), and so do the exporters
        of a host's metrics: the finding about them is of low severity. What registers emulators
        with the kernel (`binfmt`, `qemu-user-static`) has to be privileged, and ends at once.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              securityContext: {privileged: true}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              securityContext: {privileged: false}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            privileged: true

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            gpus: all
    """
    if isinstance(container, ComposeService):
        place = container.runtime.privileges.privileged
        message = f"the {container.title} `{container.name}` is privileged"
        gpus, devices = container.words.setting("gpus", "all"), container.words.key("devices")
        help_ = f"drop it; ask for GPUs by `{gpus}`, for one device by `{devices}`"
    else:
        place = container.privileges.privileged
        message = f"the container `{container.name}` is privileged"
        help_ = "drop it; request GPUs under `resources`, add single capabilities if needed"
    if not place.on or prepares_host(container):
        return
    low = Severity.LOW if works_for_node(container) else None
    yield ctx.finding(place, message, help=help_, subject=container.name, severity=low)
