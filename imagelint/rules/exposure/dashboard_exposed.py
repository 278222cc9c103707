"""The rule `dashboard-exposed`."""

from __future__ import annotations

from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import KubernetesObject
from imagelint.documents.queries.exposure.dashboards import dashboard_ways
from imagelint.knowledge.kubernetes.jobports import TITLE, TOKENS
from imagelint.rules.api import Context, Findings, Severity, rule


@rule((KubernetesObject, ComposeService), Severity.CRITICAL)
def dashboard_exposed(subject: KubernetesObject | ComposeService, ctx: Context) -> Findings:
    """The ports by which Ray takes jobs are reached from outside.

    Its dashboard and client run what they are sent, by design and without asking who sends it
    (CVE-2023-48022): whoever reaches port 8265 or 10001 runs commands on every node of the
    cluster. That was used to take over thousands of them. Since 2.52.0 `RAY_AUTH_MODE=token`, or
    `authOptions` of KubeRay, ask for a token.

    Except:
        Services inside of the cluster, ports on `127.0.0.1`, clusters with tokens.

    Bad (service.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: ray}
        spec:
          type: LoadBalancer
          selector: {ray.io/node-type: head}
          ports: [{name: dashboard, port: 8265}]

    Good (service.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: ray}
        spec:
          type: ClusterIP
          selector: {ray.io/node-type: head}
          ports: [{name: dashboard, port: 8265}]

    Bad (compose.yaml):
        services:
          head:
            image: rayproject/ray:2.52.0
            command: ray start --head --dashboard-host=0.0.0.0 --block
            ports: ["8265:8265"]

    Good (compose.yaml):
        services:
          head:
            image: rayproject/ray:2.52.0
            command: ray start --head --dashboard-host=0.0.0.0 --block
            ports: ["127.0.0.1:8265:8265"]
    """
    for way in dashboard_ways(subject, ctx.document):
        yield ctx.finding(
            way.place,
            f"{way.what} leads to the {way.port} of {TITLE}, which runs what it is sent",
            help=f"{way.advice}; {TOKENS}",
            subject=way.subject,
        )
