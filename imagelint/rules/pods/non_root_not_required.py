"""The rule `non-root-not-required`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.kubernetes.pods.securityentry import security_entry
from imagelint.documents.queries.privileges import (
    may_be_root,
    names_user,
    open_places,
    told_places,
    unprivileged_user,
)
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import Container
    from imagelint.documents.runtime.field import Field


@dataclass(frozen=True)
class Options:
    """What keeps a container from being root."""

    user_suffices: bool = field(
        default=True,
        metadata={
            "doc": "`runAsUser` is enough, whoever it names; Kubernetes wants both",
            "strictest": False,
        },
    )


@rule(
    Pod,
    Severity.MEDIUM,
    options=Options,
    references=(
        "PSS restricted",
        "Trivy KSV-0012",
        "Checkov CKV_K8S_23",
        "kube-linter run-as-non-root",
        "kube-score container-security-context-user-group-id",
        "Polaris runAsRootAllowed",
        "Kyverno require-run-as-nonroot",
    ),
    former=("pod-runs-as-root",),
)
def non_root_not_required(pod: Pod, ctx: Context, options: Options) -> Findings:
    """Nothing keeps the pod from running as root.

    Most images of model servers start as root, and nobody notices until something breaks out.
    `runAsNonRoot: true` makes the kubelet refuse them. It cannot look up names: where the image
    names its user by a word, say its number by `runAsUser`.

    Except:
        Containers whose user is named, unless the option says otherwise: `run-as-root` judges that.
        Patches, which hold only a part of a pod, and pods in a user namespace (`hostUsers: false`).
        Pods of a DaemonSet, which do a node's work, get a low severity, and so does what a pod says
        and each of its containers says otherwise.

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
          securityContext: {runAsNonRoot: true, runAsUser: 2000}
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
    """
    if pod.has_users_of_its_own:
        return

    def leaves_open(container: Container) -> bool:
        suffices = options.user_suffices and names_user(container)
        return may_be_root(container) and not suffices

    low = Severity.LOW if pod.owner.is_node_agent else None
    for place, name, what, _ in open_places(pod, leaves_open, lambda one: one.privileges.non_root):
        yield ctx.finding(
            place,
            f"nothing keeps the {what} from running as root",
            help=_help(pod, what.partition(" ")[0]),
            subject=name,
            severity=low,
            cause=pod.security_context,
            fix=_fix(pod, ctx) if what == "pod" and low is None else None,
        )
    for place, name, _, taken in told_places(pod, _is_off, lambda one: one.privileges.non_root):
        if not taken:
            message = "the pod lets its containers be root, and each of them says otherwise"
            help_ = "write `runAsNonRoot: true`"
            yield ctx.finding(place, message, help=help_, subject=name, severity=Severity.LOW)


def _fix(pod: Pod, ctx: Context) -> Fix | None:
    """With a user only where the pod says nothing at all: a number of its own is another one."""
    entry = security_entry(ctx.document, pod, "runAsNonRoot", "true")
    if entry is not None and entry[1].lstrip().startswith("securityContext"):
        words = f"true, runAsUser: {unprivileged_user(pod.containers)}"
        entry = security_entry(ctx.document, pod, "runAsNonRoot", words)
    return Fix("run as another user", (ctx.edit(*entry),)) if entry else None


def _is_off(refused: Field[bool]) -> bool:
    return isinstance(refused.value, Known) and not refused.value.value


def _help(pod: Pod, what: str) -> str:
    if pod.windows:
        return f"set `securityContext: {{runAsNonRoot: true}}` of the {what}"
    number = unprivileged_user(pod.containers)
    return f"set `securityContext: {{runAsNonRoot: true, runAsUser: {number}}}` of the {what}"
