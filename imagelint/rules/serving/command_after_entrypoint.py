"""The rule `command-after-entrypoint`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.queries.serving import title
from imagelint.documents.queries.start.words import second_command
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.queries.start.words import SecondCommand


@rule(ServingCommand, Severity.HIGH)
def command_after_entrypoint(server: ServingCommand, ctx: Context) -> Findings:
    """The server gets a command where it expects its arguments, and ends at once.

    The images of most engines start the server themselves: `args` of a pod, `command` of compose
    and CMD of a Dockerfile stand behind that. Where they name the server once more, or a shell,
    it is told to serve a model of that name, with arguments that it does not know.

    Except:
        Where the image only resembles the engine's own, or tells no version, the finding is likely.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.12.0
              args: [vllm, serve, Qwen/Qwen3-8B]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.12.0
              command: [vllm, serve, Qwen/Qwen3-8B]

    Bad:
        FROM vllm/vllm-openai:v0.12.0
        CMD ["vllm", "serve", "Qwen/Qwen3-8B"]

    Good:
        FROM vllm/vllm-openai:v0.12.0
        CMD ["Qwen/Qwen3-8B"]
    """
    second = second_command(server)
    if second is None:
        return
    certain = bool(second.written) or (
        server.own_image and isinstance(server.engine_version, Known)
    )
    yield ctx.finding(
        second.first,
        f"`{second.first.text}` and what follows become arguments of {_before(server, second)}",
        help=_advice(server, second),
        subject=server.launch.runtime.name,
        confidence=None if certain else Confidence.LIKELY,
    )


def _before(server: ServingCommand, second: SecondCommand) -> str:
    if second.written:
        return f"`{second.written}`, which stands before them"
    return f"{title(server)}, which the image starts itself"


def _advice(server: ServingCommand, second: SecondCommand) -> str:
    if second.written:
        return "name the server once"
    where = server.launch.runtime.platform.entry_point
    return f"write only the arguments here, or the whole command in `{where}`"
