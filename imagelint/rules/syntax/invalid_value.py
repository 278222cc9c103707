"""The rule `invalid-value`."""

from __future__ import annotations

from imagelint.documents.complaints import InvalidValue
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(InvalidValue, Severity.HIGH)
def invalid_value(complaint: InvalidValue, ctx: Context) -> Findings:
    """A number, a path, an address or a schedule in a Kubernetes object is one that is refused.

    The API server holds numbers to limits (`weight` is 1 to 100, `periodSeconds` at least 0), and
    reads what words mean: a schedule has five fields, a host has no port, a `subPath` is relative.

    Times and counts of a line, or of a unit of Podman, that runs a container are judged, too:
    `--health-interval`, `StopTimeout=`.

    Except: what a template fills in, and what stands for a value (`<host>`).

    Bad (cronjob.yaml):
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: evaluation}
        spec:
          schedule: "0 3 * *"
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: evaluation, image: "curlimages/curl:8.9.1"}]

    Good (cronjob.yaml):
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: evaluation}
        spec:
          schedule: "0 3 * * *"
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: evaluation, image: "curlimages/curl:8.9.1"}]
    """
    yield ctx.complaint(complaint)
