"""The rule `pod-runs-as-root`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.queries.privileges import (
    is_root,
    may_be_root,
    open_places,
    told_places,
    unprivileged_user,
)
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    (Pod, ComposeService),
    Severity.MEDIUM,
    references=(
        "PSS restricted",
        "Trivy KSV-0012",
        "Trivy KSV-0105",
        "Checkov CKV_K8S_23",
        "kube-linter run-as-non-root",
        "Polaris runAsRootAllowed",
        "Kyverno require-run-as-nonroot",
    ),
)
def pod_runs_as_root(pod: Pod | ComposeService, ctx: Context) -> Findings:
    """The pod runs as root, or nothing keeps it from doing so.

    Most images of model servers start as root, and nobody notices until something breaks out.
    `runAsNonRoot: true` makes the kubelet refuse them; a user other than 0 says who they run as.
    Told outright to be user 0, the finding is of high severity.

    Except:
        Windows pods; patches, which hold only a part of a pod, unless they say root; pods of a
        DaemonSet, which do a node's work, get a low severity.
        Of a compose service only a user that it names is judged: its image decides otherwise.

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

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            user: root

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            user: "10001:0"
    """
    if isinstance(pod, ComposeService):
        root, user = pod.place.root, pod.runtime.privileges.user
        if isinstance(root, Known) and root.value:
            message = f"the {pod.title} `{pod.name}` is told to run as root"
            help_ = f"name another user: `{pod.words.setting('user', '10001:0')}`"
            yield ctx.finding(user, message, help=help_, subject=pod.name)
        return
    if pod.windows:
        return
    low = Severity.LOW if pod.owner.is_node_agent else None
    for place, name, what in open_places(pod, may_be_root, lambda one: one.privileges.non_root):
        yield ctx.finding(
            place,
            f"nothing keeps the {what} from running as root",
            help=_HELP % (unprivileged_user(pod.containers), what.partition(" ")[0]),
            subject=name,
            severity=low,
            cause=pod.security_context,
        )
    for place, name, what in told_places(pod, is_root, lambda one: one.privileges.user):
        yield ctx.finding(
            place,
            f"the {what} runs as root",
            help=_HELP % (unprivileged_user(pod.containers), what.partition(" ")[0]),
            subject=name,
            severity=low or Severity.HIGH,
        )


_HELP = "set `securityContext: {runAsNonRoot: true, runAsUser: %s}` of the %s"
