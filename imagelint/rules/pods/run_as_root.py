"""The rule `run-as-root`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.privileges import is_root, told_places, unprivileged_user
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    (Pod, ComposeService),
    Severity.HIGH,
    references=(
        "PSS restricted",
        "Trivy KSV-0105",
        "Checkov CKV_K8S_23",
        "kube-linter run-as-non-root",
        "kube-score container-security-context-user-group-id",
        "Polaris runAsRootAllowed",
        "Kyverno require-run-as-non-root-user",
    ),
    former=("pod-runs-as-root",),
)
def run_as_root(pod: Pod | ComposeService, ctx: Context) -> Findings:
    """The pod, or the service, is told to run as root.

    Whatever user its image names, it is user 0 then, and a process that breaks out of its container
    keeps the user it had inside.

    Except:
        Pods in a user namespace (`hostUsers: false`), whose root is nobody on the node. Pods of a
        DaemonSet, which do a node's work, get a low severity, and so does what a pod says and each
        of its containers says otherwise. Services of compose get a medium severity.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          securityContext: {runAsUser: 0}
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          securityContext: {runAsUser: 2000, runAsNonRoot: true}
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0

    Bad (compose.yaml):
        services:
          llm:
            image: registry.example.com/chat:1.2
            user: root

    Good (compose.yaml):
        services:
          llm:
            image: registry.example.com/chat:1.2
            user: "10001:0"
    """
    if isinstance(pod, ComposeService):
        user, root = pod.runtime.privileges.user, pod.place.root
        if isinstance(root, Known) and root.value:
            message = f"the {pod.title} `{pod.name}` is told to run as root"
            help_, name = f"name another user: `{pod.words.setting('user', '10001:0')}`", pod.name
            yield ctx.finding(user, message, help=help_, subject=name, severity=Severity.MEDIUM)
        return
    if pod.has_users_of_its_own:
        return
    for place, name, what, taken in told_places(pod, is_root, lambda one: one.privileges.user):
        low = pod.owner.is_node_agent or not taken
        yield ctx.finding(
            place,
            f"the {what} runs as root" if taken else "the pod names root, and no container is it",
            help=_HELP % unprivileged_user(pod.containers),
            subject=name,
            severity=Severity.LOW if low else None,
        )


_HELP = "name another user: `runAsUser: %s`, and beside it `runAsNonRoot: true`"
