"""The rule `variable-without-shell`."""

from __future__ import annotations

from imagelint.documents.queries.serving import title
from imagelint.documents.queries.start.words import literal_settings, literal_variables
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH, confidence=Confidence.LIKELY)
def variable_without_shell(server: ServingCommand, ctx: Context) -> Findings:
    """A variable of the container is named as in a shell, but no shell fills it in.

    The server gets `$MODEL` itself, looks for a model of that name, and ends. Kubernetes fills in
    `$(MODEL)`, also in the values of variables, where those that it names come before; compose and
    Docker fill in nothing that the container's own environment holds.

    Except: names that the container does not set, which something else may fill in before. Nothing
    fills in those of a Dockerfile.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.12.0
              args: ["--model", "$MODEL"]
              env: [{name: MODEL, value: Qwen/Qwen3-8B}]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.12.0
              args: ["--model", "$(MODEL)"]
              env: [{name: MODEL, value: Qwen/Qwen3-8B}]

    Bad:
        FROM vllm/vllm-openai:v0.12.0
        ENV MODEL=Qwen/Qwen3-8B
        CMD ["--model", "$MODEL"]

    Good:
        FROM vllm/vllm-openai:v0.12.0
        CMD ["--model", "Qwen/Qwen3-8B"]
    """
    runtime = server.launch.runtime
    for found in literal_variables(server):
        yield ctx.finding(
            found.place,
            f"`{found.text}` reaches {title(server)} as it is: no shell fills `{found.name}` in",
            help=runtime.platform.filled_in(found.name),
            subject=found.name,
        )
    for found in literal_settings(server):
        message = f"`{found.text}` is what {found.within} holds: no shell fills `{found.name}` in"
        pod = runtime.kind == "pod"
        help_ = runtime.platform.filled_in(found.name) if pod else "write its value"
        yield ctx.finding(found.place, message, help=help_, subject=found.within)
