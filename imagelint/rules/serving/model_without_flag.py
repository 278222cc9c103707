"""The rule `model-without-flag`."""

from __future__ import annotations

from imagelint.documents.queries.serving import title
from imagelint.documents.queries.start.words import untaken_model
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH)
def model_without_flag(server: ServingCommand, ctx: Context) -> Findings:
    """The model stands where the image's entry point takes none.

    Images of vLLM before 0.11 start `vllm.entrypoints.openai.api_server`, not `vllm serve`: a bare
    word is an unknown argument, or is passed over for the default model.

    Except: images that others build, whose tags tell no release of the engine.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.8.5
              args: [Qwen/Qwen3-8B, --max-model-len, "8192"]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.8.5
              args: [--model, Qwen/Qwen3-8B, --max-model-len, "8192"]
    """
    word = untaken_model(server)
    if word is not None:
        version = server.facts.positional_since if server.facts else ""
        yield ctx.finding(
            word,
            f"`{word.text}` has no flag: the image of {title(server)} takes it from {version} on",
            help="write it behind `--model`",
            subject=server.launch.runtime.name,
        )
