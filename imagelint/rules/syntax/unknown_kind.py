"""The rule `unknown-kind`."""

from __future__ import annotations

from imagelint.documents.kubernetes.objects import KubernetesObject
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(KubernetesObject, Severity.HIGH)
def unknown_kind(obj: KubernetesObject, ctx: Context) -> Findings:
    """Kubernetes knows no object of that kind.

    The API server answers "no matches for kind" and makes nothing of it. Kinds are spelt exactly,
    with capitals and in the singular. An object whose kind can be told all the same is examined as
    that kind.

    Except: kinds of groups that are not Kubernetes' own. Those that OpenShift took as `v1` before
    its groups had names are reported as likely.

    Bad (server.yaml):
        apiVersion: apps/v1
        kind: deployment
        metadata: {name: server}

    Good (server.yaml):
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: server}
    """
    mistake = obj.mistaken_kind
    if mistake is not None:
        yield ctx.finding(
            mistake.at,
            mistake.message,
            help=mistake.help,
            confidence=None if mistake.certain else Confidence.LIKELY,
        )
