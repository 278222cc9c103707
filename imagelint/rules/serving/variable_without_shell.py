"""The rule `variable-without-shell`."""

from __future__ import annotations

from imagelint.documents.queries.serving import title
from imagelint.documents.queries.start.words import literal_variables
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH, confidence=Confidence.LIKELY)
def variable_without_shell(server: ServingCommand, ctx: Context) -> Findings:
    """A variable of the container is named as in a shell, but no shell fills it in.

    The server gets `$MODEL` itself, looks for a model of that name, and ends. Kubernetes fills in
    `$(MODEL)`; compose and Docker fill in nothing that the container's own environment holds.

    Except: names that the container does not set, which something else may fill in before.

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
    for word, text, name in literal_variables(server):
        yield ctx.finding(
            word,
            f"`{text}` reaches {title(server)} as it is: no shell fills `{name}` in",
            help=server.launch.runtime.platform.filled_in(name),
            subject=name,
        )
