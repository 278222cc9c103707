"""The rule `bind-localhost`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known, value_or
from imagelint.documents.queries.serving import place_of, spelling, title
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import HOST, PORT
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_LOOPBACK = ("127.", "localhost", "::1", "[::1]")
_EVERYWHERE = "0.0.0.0"  # noqa: S104 - what the help says
# What may stand before the server in the same container.
_PROXIES = ("nginx", "caddy", "envoy", "haproxy", "socat", "traefik", "supervisord")


@rule(ServingCommand, Severity.HIGH)
def bind_localhost(server: ServingCommand, ctx: Context) -> Findings:
    """The server listens only to its own container.

    Loopback is private to the container, or to its pod: Services, probes, published ports and
    other services get a refused connection although the server is up and its log says so. SGLang
    and `trtllm-serve` do this unless they are told otherwise.

    Except:
        Pods with another container that has the port, host networks, followers of a group. In a
        Dockerfile the finding is only likely, because the command may be replaced.

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
    host = server.effective(HOST)
    if not isinstance(host, Known) or not host.value.lower().startswith(_LOOPBACK):
        return
    if server.is_follower or _is_reached_otherwise(server):
        return
    flag = server.flag(HOST) or "host"
    by_default = "" if isinstance(server.option(HOST), Known) else " by default"
    image = server.launch.runtime.kind == "image"
    yield ctx.finding(
        place_of(server, host),
        f"{title(server)} listens on {host.value}{by_default}: nobody outside can reach it",
        help=f"write `{spelling(server, flag, _EVERYWHERE)}`",
        subject=server.launch.runtime.name,
        confidence=Confidence.LIKELY if image else None,
        fix=None if by_default else ctx.reworded(place_of(server, host), host.value, _EVERYWHERE),
    )


def _is_reached_otherwise(server: ServingCommand) -> bool:
    """Whether somebody in the same network namespace may answer for the server."""
    text = " ".join(server.launch.written)
    if any(proxy in text for proxy in _PROXIES):
        return True
    runtime = server.launch.runtime
    if not runtime.restarts:  # a job asks the server that it starts itself
        return True
    shared = runtime.host.network.value
    if runtime.kind != "image" and value_or(shared, shared is not ABSENT):
        return True
    if not runtime.has_neighbours:
        return False
    # Beside others it may be meant for them only, unless it declares its port and they none.
    port = server.effective(PORT)
    own = isinstance(port, Known) and runtime.declares(port.value)
    return not own or runtime.neighbours_declare_ports
