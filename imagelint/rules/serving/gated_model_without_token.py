"""The rule `gated-model-without-token`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.queries.serving import is_offline, place_of, setting
from imagelint.documents.queries.weights.modelcache import hub_of, volumes
from imagelint.documents.serving.command import ServingCommand
from imagelint.knowledge.serving.hubs import is_gated
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

# huggingface_hub reads the first three, text-generation-inference and older clients the rest;
# a mirror may give out what the hub does not.
_TOKENS = (
    *("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HUGGINGFACE_HUB_TOKEN"),
    *("HF_API_TOKEN", "HUGGINGFACE_TOKEN", "HF_ENDPOINT"),
)


@rule(ServingCommand, Severity.MEDIUM, confidence=Confidence.LIKELY)
def gated_model_without_token(server: ServingCommand, ctx: Context) -> Findings:
    """The model is given only to those who accepted its licence, and the server has no token.

    The hub answers 401 and the server ends, after the image was pulled and the GPU was waited
    for. The models of Llama, Gemma, FLUX.1-dev and others are given out so: a table with its day
    names them.

    Except:
        Variables that are not all in sight, mirrors, servers that are kept offline, volumes or
        Secrets on which the model or a token may lie.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, meta-llama/Llama-3.1-8B-Instruct]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, meta-llama/Llama-3.1-8B-Instruct]
              env:
                - name: HF_TOKEN
                  valueFrom: {secretKeyRef: {name: hub, key: token}}
    """
    model = server.model
    if not isinstance(model, Known) or not server.is_remote_model or not is_gated(model.value):
        return
    if server.launch.runtime.kind == "image" or is_offline(server) or not hub_of(server).commits:
        return
    if any(setting(server, name) is not ABSENT for name in _TOKENS) or _may_hold(server):
        return
    yield ctx.finding(
        place_of(server, model),
        f"{model.value} is gated, and no token is handed to the server",
        help="hand over `HF_TOKEN` from a secret",
        subject=model.value,
    )


def _may_hold(server: ServingCommand) -> bool:
    """Whether a volume may hold the model or a token."""
    mounts = volumes(server)
    return not isinstance(mounts, Known) or bool(mounts.value)
