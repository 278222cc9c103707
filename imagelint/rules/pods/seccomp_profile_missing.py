"""The rule `seccomp-profile-missing`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.kubernetes.pods.securityentry import security_entry
from imagelint.documents.queries.privileges import SAY_WINDOWS, lacks_seccomp, open_places
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(
    Pod,
    Severity.MEDIUM,
    references=(
        "PSS restricted",
        "Trivy KSV-0030",
        "Trivy KSV-0104",
        "Checkov CKV_K8S_31",
        "kube-score container-seccomp-profile",
        "Polaris linuxHardening",
        "Kyverno restrict-seccomp-strict",
    ),
    former=("seccomp-missing",),
)
def seccomp_profile_missing(pod: Pod, ctx: Context) -> Findings:
    """The pod may make every system call: no seccomp profile is set.

    The runtime's default profile takes away some fifty calls that escapes were built from and that
    no model server makes. Unless the kubelet is told otherwise, Kubernetes sets none.

    Except:
        Privileged containers, where a profile has no effect, and patches, which hold only a part of
        a pod. Windows has no such profiles, which the pod has to say in `os`; where only its node
        selector does, and for pods of a DaemonSet, which do a node's work, the severity is low.

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
    """
    if pod.says_windows:
        return
    low = Severity.LOW if pod.owner.is_node_agent or pod.windows else None
    for place, name, what, _ in open_places(pod, lacks_seccomp, lambda one: one.privileges.seccomp):
        yield ctx.finding(
            place,
            f"no seccomp profile is set for the {what}",
            help=SAY_WINDOWS if pod.windows else _HELP % what.partition(" ")[0],
            subject=name,
            severity=low,
            cause=pod.security_context,
            fix=_fix(pod, ctx) if what == "pod" and low is None else None,
        )


def _fix(pod: Pod, ctx: Context) -> Fix | None:
    entry = security_entry(ctx.document, pod, "seccompProfile", "{type: RuntimeDefault}")
    return Fix("use the profile of the runtime", (ctx.edit(*entry),)) if entry else None


_HELP = "set `securityContext.seccompProfile: {type: RuntimeDefault}` of the %s"
