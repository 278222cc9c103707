"""The rule `bind-localhost`."""

from __future__ import annotations

from imagelint.core.fact import UNKNOWN, Known
from imagelint.documents.queries.exposure.loopback import is_loopback, is_reached_otherwise
from imagelint.documents.queries.serving import place_of, spelling, title
from imagelint.documents.queries.stages import takes_arguments
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import HOST, PORT
from imagelint.documents.web.servers import WebServer
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_EVERYWHERE = "0.0.0.0"  # noqa: S104 - what the help says


@rule((ServingCommand, WebServer), Severity.HIGH)
def bind_localhost(server: ServingCommand | WebServer, ctx: Context) -> Findings:
    """The server listens only to its own container.

    Loopback is private to the container, or to its pod: Services, probes, published ports and
    other services get a refused connection although the server is up and its log says so. SGLang,
    `trtllm-serve`, Ollama and llama.cpp do this unless they are told otherwise (the last two are,
    in their own images), and so do Uvicorn, Hypercorn, Flask, MLflow and others that serve what one
    wrote oneself.

    Except:
        Pods with another container that has the port, host networks, followers of a group. In a
        Dockerfile the finding is only likely, because the command may be replaced; an ENTRYPOINT
        without CMD that serves what one wrote waits for arguments, which may hold the address.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: lmsysorg/sglang:v0.5.10
              command: [python3, -m, sglang.launch_server]
              args: [--model-path, Qwen/Qwen3-8B]
              ports: [{containerPort: 30000}]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: lmsysorg/sglang:v0.5.10
              command: [python3, -m, sglang.launch_server]
              args: [--model-path, Qwen/Qwen3-8B, --host, 0.0.0.0]
              ports: [{containerPort: 30000}]

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B, --host, 127.0.0.1]
            ports: ["127.0.0.1:8000:8000"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B, --host, 0.0.0.0]
            ports: ["127.0.0.1:8000:8000"]
    """
    if isinstance(server, WebServer):
        yield from _web_server(server, ctx)
        return
    image = server.launch.runtime.kind == "image"
    host = server.effective_alone(HOST) if image else server.effective(HOST)
    if not is_loopback(host) or server.is_follower:
        return
    if is_reached_otherwise(server.launch, server.effective(PORT)):
        return
    flag = server.flag(HOST) or "host"
    by_default = "" if isinstance(server.option(HOST), Known) else " by default"
    told_outside = server.effective(HOST) is UNKNOWN
    yield ctx.finding(
        place_of(server, host),
        f"{title(server)} listens on {host.value}{by_default}: nobody outside can reach it",
        help=f"write `{spelling(server, flag, _EVERYWHERE)}`",
        subject=server.launch.runtime.name,
        severity=Severity.MEDIUM if image and told_outside else None,
        confidence=Confidence.LIKELY if image else None,
        fix=None if by_default else ctx.reworded(place_of(server, host), host.value, _EVERYWHERE),
    )


def _web_server(server: WebServer, ctx: Context) -> Findings:
    """Of a program that serves an application."""
    host, launch = server.host, server.launch
    if server.debugger or not is_loopback(host) or is_reached_otherwise(launch, server.port):
        return
    if server.by_default and takes_arguments(ctx.document):
        return
    by_default = " by default" if server.by_default else ""
    image = launch.runtime.kind == "image"
    yield ctx.finding(
        server._replace(span=host.span) if host.span else server,
        f"{server.title} listens on {host.value}{by_default}: nobody outside can reach it",
        help=f"write `{server.spelled(_EVERYWHERE)}`",
        subject=launch.runtime.name,
        severity=Severity.MEDIUM if image and by_default else None,
        confidence=Confidence.LIKELY if image else None,
    )
