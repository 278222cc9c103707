"""The rule `shell-before-server`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import value_or
from imagelint.documents.queries.health.stopping import shell_in_front
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.queries.health.stopping import ShellInFront

_NOTHING_AFTER = "drop what runs after it, and "
_OUT_OF_PIPE = "take it out of the pipeline, for the runtime keeps what it writes, and "


@rule(ServingCommand, Severity.MEDIUM, confidence=Confidence.LIKELY)
def shell_before_server(server: ServingCommand, ctx: Context) -> Findings:
    """A shell gets the signal to stop, and does not pass it on to the server.

    The first process of a container is the one that hears SIGTERM. A shell that runs a server in
    its script stays in front of it and ignores the signal: the server goes on, takes
    requests, and after the whole grace period everything that is being generated is cut off by
    SIGKILL. `exec` lets the server take the shell's place.

    Except:
        Scripts that catch signals or watch over several programs, containers with an init process
        (`tini`, `init: true`) or with a shared process namespace. Of the shell form in Dockerfiles
        `shell-form-entrypoint` speaks.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              command: [bash, -c, "ulimit -n 65535; vllm serve Qwen/Qwen3-8B"]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              command: [bash, -c, "ulimit -n 65535; exec vllm serve Qwen/Qwen3-8B"]

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            entrypoint: [sh, -c, "ulimit -n 65535 && vllm serve Qwen/Qwen3-8B"]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            init: true
            entrypoint: [sh, -c, "ulimit -n 65535 && vllm serve Qwen/Qwen3-8B"]
    """
    runtime, program = server.launch.runtime, server.program
    if (
        program is None
        or not runtime.restarts
        or value_or(runtime.shutdown.init.value, default=False)
    ):
        return
    found = shell_in_front(ctx.document, server)
    if found is not None:
        name = found.command.words[0].text
        yield ctx.finding(
            program,
            f"{title(server)} runs below `{found.shell}`, which does not pass SIGTERM on to it",
            help=f"{_first(found)}put `exec` before `{name}`",
            subject=runtime.name,
        )


def _first(found: ShellInFront) -> str:
    """What has to be done before `exec` helps."""
    if found.piped:
        return _OUT_OF_PIPE
    return _NOTHING_AFTER if found.followed else ""
