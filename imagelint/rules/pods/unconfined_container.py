"""The rule `unconfined-container`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Container
from imagelint.rules.api import Context, Findings, Severity, rule


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
    what, level = "service", None
    if isinstance(container, Container):
        what, level = "container", Severity.LOW if container.owner.is_node_agent else None
    found = privileges.unconfined.value
    for switched in found.value if isinstance(found, Known) else ():
        message = f"{switched.what} is switched off for the {what} `{container.name}`"
        help_, name = switched.back, container.name
        yield ctx.finding(switched, message, help=help_, subject=name, severity=level)
