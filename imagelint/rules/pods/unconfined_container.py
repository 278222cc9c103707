"""The rule `unconfined-container`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Container
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.runtime.privileges import Switched


@rule(
    (Container, ComposeService),
    Severity.MEDIUM,
    references=(
        "PSS baseline",
        "Trivy KSV-0002",
        "Trivy KSV-0027",
        "kube-linter unsafe-proc-mount",
        "Polaris procMount",
        "Kyverno restrict-apparmor-profiles",
        "Kyverno disallow-proc-mount",
    ),
)
def unconfined_container(container: Container | ComposeService, ctx: Context) -> Findings:
    """What confines every container by default is switched off: AppArmor, SELinux, masked paths.

    They keep a process that is root in its container from mounting filesystems and from writing to
    the kernel's settings below /proc and /sys. No model server does either.

    Except:
        Privileged containers, which none of them holds for. Seccomp is the business of
        `seccomp-missing`. Pods of a DaemonSet, which do a node's work, get a low severity.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              securityContext: {appArmorProfile: {type: Unconfined}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              securityContext: {appArmorProfile: {type: RuntimeDefault}}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            security_opt: ["apparmor:unconfined"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            security_opt: ["no-new-privileges:true"]
    """
    privileges = container.runtime.privileges
    if privileges.privileged.on:
        return
    node_agent = isinstance(container, Container) and container.owner.is_node_agent
    found = privileges.unconfined.value
    for switched in found.value if isinstance(found, Known) else ():
        what, name = _who(container, switched)
        yield ctx.finding(
            switched,
            f"{switched.what} is switched off for the {what}",
            help=switched.back,
            subject=name,
            severity=Severity.LOW if node_agent else None,
        )


def _who(container: Container | ComposeService, switched: Switched) -> tuple[str, str]:
    """Of whom it is said, and the name: the pod may say it for all of its containers."""
    if isinstance(container, ComposeService):
        return f"{container.title} `{container.name}`", container.name
    if switched.path.startswith(f"{container.path}."):
        return f"container `{container.name}`", container.name
    return "pod", container.owner.name
