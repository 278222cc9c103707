"""The rule `invalid-name`."""

from __future__ import annotations

from imagelint.documents.complaints import InvalidName
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(InvalidName, Severity.HIGH)
def invalid_name(complaint: InvalidName, ctx: Context) -> Findings:
    """An object of Kubernetes, or a part of one, has a name that the API server refuses.

    Names become names of hosts: small letters, digits and `-`, in most objects `.` as well. Names
    of containers, volumes and Services have at most 63 characters, those of ports 15.

    Except: what a template fills in, and what stands for a name (`<name>`, `MY_NAME`).

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: vllm_server}
        spec:
          containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: vllm-server}
        spec:
          containers: [{name: server, image: "vllm/vllm-openai:v0.30.0"}]
    """
    yield ctx.complaint(complaint)
