"""The rule `unknown-kind`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import MistakenKind
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(MistakenKind, Severity.HIGH)
def unknown_kind(mistake: MistakenKind, ctx: Context) -> Findings:
    """Kubernetes knows no object of that kind.

    The API server answers "no matches for kind" and makes nothing of it. Kinds are spelt exactly,
    with capitals and in the singular. An object whose kind can be told all the same is examined as
    that kind.

    Except: kinds of groups that are not Kubernetes' own, as long as there is one. Those that
    OpenShift took as `v1` before its groups had names are reported as likely.

    Bad (server.yaml):
        apiVersion: apps/v1
        kind: deployment
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
