"""The rule `apparmor-unconfined`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.privileges import is_unconfined, switched_off
from imagelint.documents.runtime.privileges import Confinement
from imagelint.rules.api import Context, Findings, Severity, rule

_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/"


@rule(
    (Pod, ComposeService),
    Severity.MEDIUM,
    references=(
        "PSS baseline",
        "Trivy KSV-0002",
        "Polaris linuxHardening",
        "Kyverno restrict-apparmor-profiles",
    ),
    former=("unconfined-container",),
)
def apparmor_unconfined(pod: Pod | ComposeService, ctx: Context) -> Findings:
    """AppArmor is switched off, which confines every container by default.

    Its profile keeps a process that is root in its container from mounting filesystems and from
    writing to the kernel's settings below /proc and /sys. No model server does either.

    A profile that does not exist is refused, as the Pod Security Standards refuse it.

    Except:
        Privileged containers, which no profile holds for. Pods of a DaemonSet, which do a node's
        work, get a low severity.

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
    if isinstance(pod, ComposeService):
        message = f"AppArmor is switched off for the {pod.title} `{pod.name}`"
        for option in switched_off(pod, Confinement.APPARMOR):
            yield ctx.finding(option, message, help=option.back, subject=pod.name)
        return
    low = Severity.LOW if pod.owner.is_node_agent else None
    for said in pod.stated("appArmorProfile", "type"):
        if is_unconfined(said.said) and not said.privileged:
            message = f"AppArmor is switched off for the {said.what}"
            yield ctx.finding(
                said.said,
                message,
                help="write `type: RuntimeDefault`",
                subject=said.name,
                severity=low,
            )
    for name, place in pod.annotated(_ANNOTATION):
        profile = place.value.value if isinstance(place.value, Known) else ""
        if profile and profile != "runtime/default" and not profile.startswith("localhost/"):
            message = (
                f"AppArmor is switched off for the container `{name}`"
                if profile == "unconfined"
                else f"`{profile}` is no profile of AppArmor"
            )
            yield ctx.finding(
                place, message, help="write `runtime/default`", subject=name, severity=low
            )
