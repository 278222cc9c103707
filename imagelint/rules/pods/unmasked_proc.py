"""The rule `unmasked-proc`."""

from __future__ import annotations

from dataclasses import dataclass, field

from imagelint.core.fact import value_or
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.privileges import switched_off
from imagelint.documents.runtime.privileges import Confinement
from imagelint.rules.api import Context, Findings, Severity, rule


@dataclass(frozen=True)
class Options:
    """Which pods may."""

    user_namespaces: bool = field(
        default=True,
        metadata={
            "doc": "pods with users of their own (`hostUsers: false`) may unmask /proc",
            "strictest": False,
        },
    )


@rule(
    (Pod, ComposeService),
    Severity.MEDIUM,
    options=Options,
    references=(
        "PSS baseline",
        "Trivy KSV-0027",
        "kube-linter unsafe-proc-mount",
        "Polaris procMount",
        "Kyverno disallow-proc-mount",
    ),
    former=("unconfined-container",),
)
def unmasked_proc(pod: Pod | ComposeService, ctx: Context, options: Options) -> Findings:
    """The paths below /proc and /sys are not masked that tell about the host and its kernel.

    What is hidden by default (`/proc/kcore`, `/proc/keys`, firmware) and read only
    (`/proc/sys`, `/proc/sysrq-trigger`) is then open to whoever is root in the container.

    Except:
        Privileged containers, for which nothing is masked, and pods in a user namespace
        (`hostUsers: false`), who may build containers so. Pods of a DaemonSet, which do a node's
        work, get a low severity.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              securityContext: {procMount: Unmasked}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              securityContext: {procMount: Default}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            security_opt: ["systempaths=unconfined"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            security_opt: ["no-new-privileges:true"]
    """
    message = "the mask of /proc and /sys is switched off for the "
    if isinstance(pod, ComposeService):
        for option in switched_off(pod, Confinement.MASKED_PATHS):
            said = f"{message}{pod.title} `{pod.name}`"
            yield ctx.finding(option, said, help=option.back, subject=pod.name)
        return
    if pod.has_users_of_its_own and options.user_namespaces:
        return
    low = Severity.LOW if pod.owner.is_node_agent else None
    for one in pod.stated("procMount"):
        if value_or(one.said.value, "") == "Unmasked" and one.container and not one.privileged:
            yield ctx.finding(
                one.said,
                f"{message}{one.what}",
                help="write `procMount: Default`",
                subject=one.name,
                severity=low,
            )
