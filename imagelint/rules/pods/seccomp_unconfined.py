"""The rule `seccomp-unconfined`."""

from __future__ import annotations

from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.privileges import is_unconfined, told_places
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    (Pod, ComposeService),
    Severity.HIGH,
    references=(
        "PSS baseline",
        "Trivy KSV-0104",
        "Trivy KSV-0030",
        "Checkov CKV_K8S_31",
        "kube-score container-seccomp-profile",
        "Polaris linuxHardening",
        "Kyverno restrict-seccomp",
        "Kyverno restrict-seccomp-strict",
    ),
    former=("seccomp-missing",),
)
def seccomp_unconfined(pod: Pod | ComposeService, ctx: Context) -> Findings:
    """Seccomp is switched off: every system call may be made.

    The runtime's default profile takes away some fifty calls that escapes were built from and that
    no model server makes.

    Except:
        Pods of a DaemonSet, which do a node's
        work, get a low severity, and so does what a pod says and each of its containers says
        otherwise.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          securityContext: {seccompProfile: {type: Unconfined}}
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          securityContext: {seccompProfile: {type: RuntimeDefault}}
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            security_opt: ["seccomp:unconfined"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            security_opt: ["no-new-privileges:true"]
    """
    if isinstance(pod, ComposeService):
        profile = pod.runtime.privileges.seccomp
        if is_unconfined(profile):
            message = f"seccomp is switched off for the {pod.title} `{pod.name}`"
            yield ctx.finding(profile, message, help=_DROP, subject=pod.name)
        return
    places = told_places(pod, is_unconfined, lambda one: one.privileges.seccomp)
    for place, name, what, taken in places:
        low = pod.owner.is_node_agent or not taken
        yield ctx.finding(
            place,
            f"seccomp is switched off for the {what}",
            help="write `type: RuntimeDefault`",
            subject=name,
            severity=Severity.LOW if low else None,
        )


_DROP = "drop it: Docker's profile lets servers run; ROCm needs `/dev/kfd` and `/dev/dri` only"
