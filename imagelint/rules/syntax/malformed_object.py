"""The rule `malformed-object`."""

from __future__ import annotations

from imagelint.documents.complaints import MalformedObject
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(MalformedObject, Severity.HIGH)
def malformed_object(complaint: MalformedObject, ctx: Context) -> Findings:
    """A part of a Kubernetes object is not of the shape that the API server wants.

    It refuses the object, or passes over the part: containers that lost an indent, a number where
    a string is wanted, a word where a list is. Numbers, and words such as `yes` and `on`, are
    strings only in quotes.

    Except: what a template fills in, and patches, which leave out what they do not change.

    Bad (server.yaml):
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: server}
        spec:
          selector: {matchLabels: {app: server}}
          template:
            metadata: {labels: {app: server}}
            containers:
              - name: server
                image: vllm/vllm-openai:v0.11.0

    Good (server.yaml):
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: server}
        spec:
          selector: {matchLabels: {app: server}}
          template:
            metadata: {labels: {app: server}}
            spec:
              containers:
                - name: server
                  image: vllm/vllm-openai:v0.11.0
    """
    yield ctx.complaint(complaint)
