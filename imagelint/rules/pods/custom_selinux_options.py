"""The rule `custom-selinux-options`."""

from __future__ import annotations

from imagelint.core.fact import value_or
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.privileges import switched_off
from imagelint.documents.runtime.privileges import Confinement
from imagelint.knowledge.kubernetes.pod_security import selinux_types
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    (Pod, ComposeService),
    Severity.MEDIUM,
    references=(
        "PSS baseline",
        "Trivy KSV-0025",
        "Polaris linuxHardening",
        "Kyverno disallow-selinux",
    ),
    former=("unconfined-container",),
)
def custom_selinux_options(pod: Pod | ComposeService, ctx: Context) -> Findings:
    """The container gets another SELinux type, user or role than containers have.

    `spc_t`, the type of privileged containers, is not confined at all; a user or a role of its own
    lets a process do what the policy of the node keeps from containers. Types of containers
    (`container_t`, `container_init_t`, `container_kvm_t`, `container_engine_t`) are as confined.

    Except:
        Privileged containers, which it does not hold for, levels (categories), and what services
        of compose say beside `disable` and `spc_t`. Pods of a DaemonSet get a low severity.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          securityContext: {seLinuxOptions: {type: spc_t}}
          containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          securityContext: {seLinuxOptions: {level: "s0:c123,c456"}}
          containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            security_opt: ["label:disable"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            security_opt: ["no-new-privileges:true"]
    """
    if isinstance(pod, ComposeService):
        message = f"SELinux is switched off for the {pod.title} `{pod.name}`"
        for option in switched_off(pod, Confinement.SELINUX):
            yield ctx.finding(option, message, help=option.back, subject=pod.name)
        return
    for key, allowed in (("type", selinux_types()), ("user", ()), ("role", ())):
        for one in pod.stated("seLinuxOptions", key):
            word = value_or(one.said.value, "")
            if word and word not in allowed and not one.privileged:
                yield ctx.finding(
                    one.said,
                    f"the {one.what} gets the SELinux {key} `{word}`",
                    help=f"drop `{key}`",
                    subject=one.name,
                    severity=Severity.LOW if pod.owner.is_node_agent else None,
                )
