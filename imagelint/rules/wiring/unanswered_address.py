"""The rule `unanswered-address`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.queries.links.named import named_in
from imagelint.documents.serving.scaling import Route
from imagelint.documents.shared import CommandLine, EnvVar, Setting
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.queries.links.named import Named, Naming
    from imagelint.documents.runtime.field import Place


@rule((EnvVar, Setting, Route, CommandLine), Severity.HIGH)
def unanswered_address(subject: Naming, ctx: Context) -> Findings:
    """An address leads to a service of the deployment, on a port where nobody listens.

    The gateway, the proxy or the user interface that is told so gets refused connections. Within a
    network of Compose the port is that of the container, whatever is published; within a cluster
    it is that of the Service, whatever the container behind it listens on, but of a headless
    Service that of the pod.

    It may be a variable, a setting, or a word of a command: routers are told so whom they lead to.

    What Kustomize renames (`namePrefix`, `nameSuffix`) has its old name in addresses still.

    In a pod `localhost` is the pod: the file of LiteLLM in a ConfigMap leads nowhere where no
    container beside it may listen.

    In a service of Compose `localhost` is its container: a client that is told so by a variable of
    the kind of `OPENAI_API_BASE_URL` does not reach the server in another one.

    Except:
        Hosts that no service of the run is called like; services of Compose that start no model
        server, or one whose port is not known; addresses in comments; proxies' upstreams without
        a port.

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
          chat:
            image: ghcr.io/open-webui/open-webui:v0.6.32
            environment:
              OPENAI_API_BASE_URL: http://llm:8080/v1

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
          chat:
            image: ghcr.io/open-webui/open-webui:v0.6.32
            environment:
              OPENAI_API_BASE_URL: http://llm:8000/v1

    Bad (chat.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec: {selector: {app: llm}, ports: [{port: 80, targetPort: 8000}]}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: chat}
        data: {OPENAI_API_BASE_URL: "http://llm:8000/v1"}

    Good (chat.yaml):
        apiVersion: v1
        kind: Service
        metadata: {name: llm}
        spec: {selector: {app: llm}, ports: [{port: 80, targetPort: 8000}]}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: chat}
        data: {OPENAI_API_BASE_URL: "http://llm:80/v1"}
    """
    for address, place in named_in(subject, ctx.document):
        # Not above: it reads all that clusters are made of, and most variables hold no address.
        from imagelint.documents.queries.links.addresses import unanswered

        closed = ctx.environment.closed
        found = unanswered(address, ctx.document, ctx.project, closed=closed)
        if found is None:
            yield from _of_pod(address, place, subject, ctx)
            continue
        yield ctx.finding(
            place,
            found.said,
            help=found.help,
            subject=address.host,
            confidence=None if found.certain else Confidence.LIKELY,
            fix=ctx.reworded(place, *found.rewording) if found.rewording is not None else None,
        )


def _of_pod(address: Named, place: Place, subject: Naming, ctx: Context) -> Findings:
    """An address of the pod, or of the container, itself."""
    from imagelint.documents.queries.links.beside import server_elsewhere
    from imagelint.documents.queries.links.within import is_unanswered_within

    there = server_elsewhere(address, subject, ctx.document)
    if there is not None:
        yield ctx.finding(
            place,
            f"`{address.host}` is the container itself: the server is in `{there.service}`",
            help=f"write `http://{there.service}:{there.port}`",
            subject=address.host,
            confidence=Confidence.LIKELY,
        )
    if is_unanswered_within(address, subject, ctx.document, ctx.project):
        yield ctx.finding(
            place,
            f"nobody answers on port {address.port}: `{address.host}` is the gateway's own pod",
            help="name the Service of the server: `http://<service>:<port>`",
            subject=address.host,
            confidence=Confidence.LIKELY,
        )
