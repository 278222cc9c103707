"""The rule `seccomp-missing`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.privileges import (
    is_unconfined,
    lacks_seccomp,
    open_places,
    told_places,
)
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    (Pod, ComposeService),
    Severity.MEDIUM,
    references=(
        "PSS restricted",
        "Trivy KSV-0030",
        "Trivy KSV-0104",
        "Checkov CKV_K8S_31",
        "kube-score container-seccomp-profile",
        "Kyverno restrict-seccomp-strict",
    ),
)
def seccomp_missing(pod: Pod | ComposeService, ctx: Context) -> Findings:
    """The pod may make every system call: no seccomp profile holds.

    The runtime's default profile takes away some fifty calls that escapes were built from and that
    no model server makes. Unless the kubelet is told otherwise, Kubernetes sets none; Docker
    sets one for every service that does not switch it off, which gets a high severity.

    Except:
        Privileged containers, where a profile has no effect, Windows pods, and patches, which hold
        only a part of a pod.
        Pods of a DaemonSet, which do a node's work, get a low severity.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
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
        yield from _judge_service(pod, ctx)
        return
    if pod.windows:
        return
    low = Severity.LOW if pod.owner.is_node_agent else None
    for place, name, what in open_places(pod, lacks_seccomp, lambda one: one.privileges.seccomp):
        yield ctx.finding(
            place,
            f"no seccomp profile is set for the {what}",
            help=_HELP % what.partition(" ")[0],
            subject=name,
            severity=low,
            cause=pod.security_context,
        )
    for place, name, what in told_places(pod, is_unconfined, lambda one: one.privileges.seccomp):
        message, level = f"seccomp is switched off for the {what}", low or Severity.HIGH
        yield ctx.finding(
            place, message, help=_HELP % what.partition(" ")[0], subject=name, severity=level
        )


_HELP = "set `securityContext.seccompProfile: {type: RuntimeDefault}` of the %s"
_DROP = "drop it: Docker's profile lets servers run; ROCm needs `/dev/kfd` and `/dev/dri` only"


def _judge_service(service: ComposeService, ctx: Context) -> Findings:
    place = service.runtime.privileges.seccomp
    if isinstance(place.value, Known) and place.value.value == "Unconfined":
        message = f"seccomp is switched off for the {service.title} `{service.name}`"
        high = Severity.HIGH
        yield ctx.finding(place, message, help=_DROP, subject=service.name, severity=high)
