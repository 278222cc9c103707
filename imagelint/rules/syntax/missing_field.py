"""The rule `missing-field`."""

from __future__ import annotations

from imagelint.documents.complaints import MissingField
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(MissingField, Severity.HIGH)
def missing_field(complaint: MissingField, ctx: Context) -> Findings:
    """A part of a Kubernetes object lacks a field without which the API server refuses it.

    A probe without a handler, a port without a number, a mount without a path, a Deployment
    without a selector, a Job whose pods do not say how they end. Or an operator: a ScaledObject
    without triggers, a RayCluster without a head.

    Except: patches, which leave out what they do not change, and what a template fills in.

    Bad (job.yaml):
        apiVersion: batch/v1
        kind: Job
        metadata: {name: warm}
        spec:
          template:
            spec:
              containers: [{name: warm, image: "curlimages/curl:8.9.1"}]

    Good (job.yaml):
        apiVersion: batch/v1
        kind: Job
        metadata: {name: warm}
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{name: warm, image: "curlimages/curl:8.9.1"}]
    """
    yield ctx.complaint(complaint)
