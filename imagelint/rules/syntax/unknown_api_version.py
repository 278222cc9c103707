"""The rule `unknown-api-version`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import MistakenVersion
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(
    MistakenVersion,
    Severity.HIGH,
    references=(
        "Trivy KSV-0107",
        "kube-linter no-extensions-v1beta",
        "kube-score stable-version",
        "Kyverno check-deprecated-apis",
    ),
)
def unknown_api_version(mistake: MistakenVersion, ctx: Context) -> Findings:
    """The API server has no such kind under that `apiVersion`.

    The group is another one, the version never was, or a release has dropped it: the answer is "no
    matches for kind … in version …". The object is examined as if the right one were named.

    Except: groups with a dot that are not Kubernetes' own, which may have kinds of the same name.

    Bad (server.yaml):
        apiVersion: v1
        kind: Deployment
        metadata: {name: server}

    Good (server.yaml):
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: server}
    """
    yield ctx.finding(
        mistake,
        mistake.message,
        help=mistake.help,
        confidence=None if mistake.certain else Confidence.LIKELY,
    )
