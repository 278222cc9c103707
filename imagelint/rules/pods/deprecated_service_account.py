"""The rule `deprecated-service-account`."""

from __future__ import annotations

from imagelint.deployment.podfields import OldAccount, old_account
from imagelint.documents.kubernetes.objects import Pod
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(Pod, Severity.LOW, references=("kube-linter deprecated-service-account-field",))
def deprecated_service_account(pod: Pod, ctx: Context) -> Findings:
    """The service account of a pod is named by a field that is deprecated.

    `serviceAccount` is an alias of `serviceAccountName` from the first days of Kubernetes. Where
    both are set, the API server takes the other one, and what reads manifests may take this.

    Except:
        Pods of custom resources, which have fields of their own.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          serviceAccount: llm
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          serviceAccountName: llm
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
    """
    old = old_account(pod)
    if old is not None:
        newer = old.newer
        yield ctx.finding(
            old.place,
            "`serviceAccount` is deprecated" + (", and not read beside the other" if newer else ""),
            help="drop `serviceAccount`" if newer else "write `serviceAccountName`",
            subject=pod.owner.name,
            fix=ctx.dropped("serviceAccount", old.place) if newer else _renamed(old, ctx),
        )


def _renamed(old: OldAccount, ctx: Context) -> Fix | None:
    if not old.renamable or ctx.document.rendered:
        return None
    edit = ctx.edit(old.key, "serviceAccountName")
    return Fix("write `serviceAccountName`", (edit,), safe=True)
