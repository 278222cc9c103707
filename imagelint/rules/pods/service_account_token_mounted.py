"""The rule `service-account-token-mounted`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT
from imagelint.deployment.podfields import needs_no_token, token_mount, token_refusal
from imagelint.documents.kubernetes.manifest import Manifest
from imagelint.documents.kubernetes.objects import Pod
from imagelint.rules.api import Context, Findings, Fix, Severity, rule


@rule(
    Pod,
    Severity.INFO,
    references=(
        "Trivy KSV-0036",
        "Checkov CKV_K8S_38",
        "Polaris automountServiceAccountToken",
        "Kyverno restrict-automount-sa-token",
    ),
)
def service_account_token_mounted(pod: Pod, ctx: Context) -> Findings:
    """A model server gets a key of the cluster that it has no use for.

    Whoever makes the server read a file, or run code from a model, has the token of its service
    account, and asks the API server with it. No engine talks to that server by itself.

    Except:
        Pods with an account of their own, which somebody has made for a purpose, and accounts that
        say no themselves. Pods with other containers, init containers or words about Kubernetes,
        which may need it, and pods that operators make: of Ray, LeaderWorkerSet, KServe, NIM.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          automountServiceAccountToken: false
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
    """
    manifest, mount = ctx.document, token_mount(pod)
    if not (mount.value is ABSENT or mount.on) or not isinstance(manifest, Manifest):
        return
    if not needs_no_token(pod, manifest, ctx.project):
        return
    entry = token_refusal(manifest, pod)
    yield ctx.finding(
        mount,
        "the model server gets the token of a service account, and has no use for it",
        help="write `automountServiceAccountToken: false`",
        subject=pod.owner.name,
        fix=Fix("mount no token", (ctx.edit(*entry),)) if entry else None,
    )
