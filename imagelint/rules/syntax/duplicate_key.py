"""The rule `duplicate-key`."""

from __future__ import annotations

from imagelint.documents.complaints import DuplicateKey
from imagelint.rules.api import Context, Findings, Severity, rule


# https://github.com/kubernetes/kubernetes/issues/89303,
# https://github.com/kubernetes-sigs/kustomize/issues/3523
@rule(
    DuplicateKey,
    Severity.HIGH,
    references=("yamllint key-duplicates",),
    former=("invalid-instruction",),
)
def duplicate_key(complaint: DuplicateKey, ctx: Context) -> Findings:
    """A mapping of a YAML file has the same key twice.

    Readers disagree about which one counts: kubectl takes the last without a word, Kustomize, Flux
    and Compose refuse the file, and who reviews it sees the first. What one of the two said, a
    limit or a `securityContext`, is lost.

    A merge key (`<<`) does so to the keys before it: kubectl and Helm take what it brings in.

    Except: what a merge key brings in may be overridden by keys behind it.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: server}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.11.0
              env: [{name: HF_HOME, value: /models}]
              env: [{name: HF_HUB_OFFLINE, value: "1"}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: server}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.11.0
              env:
                - {name: HF_HOME, value: /models}
                - {name: HF_HUB_OFFLINE, value: "1"}
    """
    yield ctx.complaint(complaint)
