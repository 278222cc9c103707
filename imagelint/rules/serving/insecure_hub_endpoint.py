"""The rule `insecure-hub-endpoint`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.shared import EnvVar
from imagelint.rules.api import Context, Findings, Severity, rule

_ENDPOINTS = ("HF_ENDPOINT", "MODELSCOPE_DOMAIN", "HF_INFERENCE_ENDPOINT")
_PLAIN = pattern(r"http://([^/:]+).*")
_OWN = pattern(r"localhost|127\..*|\[::1\]|[^.]+|.*\.(?:svc|local|internal|cluster\.local)")


@rule(EnvVar, Severity.MEDIUM)
def insecure_hub_endpoint(variable: EnvVar, ctx: Context) -> Findings:
    """Models are downloaded without anybody vouching for where they come from.

    Over `http://` whoever stands in between replaces the weights, the tokenizer and the code that
    comes with them, and reads the token that is sent along.

    Except:
        The own machine and names of Services; names of a private network are not told apart.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B]
              env: [{name: HF_ENDPOINT, value: "http://hub.example.com"}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B]
              env: [{name: HF_ENDPOINT, value: "https://hub.example.com"}]

    Bad:
        FROM vllm/vllm-openai:v0.32.0
        ENV HF_ENDPOINT=http://hub.example.com

    Good:
        FROM vllm/vllm-openai:v0.32.0
        ENV HF_ENDPOINT=https://hub.example.com
    """
    if not isinstance(variable.value, Known):
        return
    name, value = variable.name, variable.value.value
    plain = _PLAIN.fullmatch(value) if name in _ENDPOINTS else None
    if plain is not None and not _OWN.fullmatch(plain[1]):
        yield ctx.finding(
            variable,
            f"models come from {value} without encryption",
            help="write `https://`",
            subject=name,
        )
