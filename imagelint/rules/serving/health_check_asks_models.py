"""The rule `health-check-asks-models`."""

from __future__ import annotations

from imagelint.documents.compose.model import ComposeService
from imagelint.documents.kubernetes.objects import Container
from imagelint.rules.api import Context, Findings, Severity, rule


@rule((Container, ComposeService), Severity.HIGH)
def health_check_asks_models(one: Container | ComposeService, ctx: Context) -> Findings:
    """A check asks a gateway on the path on which it asks all its models in turn.

    LiteLLM sends a request to each model of its list before it answers on `/health`: every few
    seconds, and every one is paid for, or waits behind the users' own. It takes longer than the
    timeout of a check, and with a master key it answers 401 to who has none. A model that is down
    makes the gateway restart, which is well.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: gateway}
        spec:
          containers:
            - name: litellm
              image: ghcr.io/berriai/litellm:v1.77.3-stable
              livenessProbe: {httpGet: {path: /health, port: 4000}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: gateway}
        spec:
          containers:
            - name: litellm
              image: ghcr.io/berriai/litellm:v1.77.3-stable
              livenessProbe: {httpGet: {path: /health/liveliness, port: 4000}}

    Bad (compose.yaml):
        services:
          litellm:
            image: ghcr.io/berriai/litellm:v1.77.3-stable
            healthcheck:
              test: ["CMD-SHELL", "wget -qO- http://localhost:4000/health || exit 1"]

    Good (compose.yaml):
        services:
          litellm:
            image: ghcr.io/berriai/litellm:v1.77.3-stable
            healthcheck:
              test: ["CMD-SHELL", "wget -qO- http://localhost:4000/health/liveliness || exit 1"]
    """
    # Not above: what only lists rules needs nothing that knows checks.
    from imagelint.documents.queries.health.gateways import asked_all

    for found in asked_all(one.runtime, one.image):
        yield ctx.finding(
            found.asked.place,
            f"the {found.asked.probe.title} makes {found.gateway.title} ask all its models",
            help=f"ask `{found.gateway.alive}`: it answers by itself",
            subject=one.name,
        )
