"""The rule `obsolete-variable`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.queries.start.variables import obsolete
from imagelint.documents.shared import EnvVar
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.knowledge.serving.variables import ObsoleteVariable


@rule(EnvVar, Severity.INFO, confidence=Confidence.LIKELY)
def obsolete_variable(variable: EnvVar, ctx: Context) -> Findings:
    """A variable has lost its effect, or has another name by now.

    Nothing says so when a library stops reading a variable: the weights go into the container's
    own layer instead of the volume, or the download is as slow as it was before somebody made it
    fast.

    Except:
        Variables beside the ones that replace them, for older releases. Text Generation Inference
        and Text Embeddings Inference, which still tell their users the older names, and what an
        image that holds no known engine sets for its own.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: example.com/server:1.4.0
              env: [{name: TRANSFORMERS_CACHE, value: /models}]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: example.com/server:1.4.0
              env: [{name: HF_HUB_CACHE, value: /models}]

    Bad:
        FROM vllm/vllm-openai:v0.32.0
        ENV HF_HUB_ENABLE_HF_TRANSFER=1

    Good:
        FROM vllm/vllm-openai:v0.32.0
        ENV HF_XET_HIGH_PERFORMANCE=1

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            environment: {HUGGINGFACE_HUB_CACHE: /models}

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.32.0
            environment: {HF_HUB_CACHE: /models}
    """
    known = obsolete(ctx.document, variable)
    if known is not None:
        yield ctx.finding(
            variable,
            f"`{known.name}` {known.by}",
            help=f"write `{known.replacement}`",
            subject=known.name,
            fix=_rename(variable, known, ctx),
        )


def _rename(variable: EnvVar, known: ObsoleteVariable, ctx: Context) -> Fix | None:
    """Another name, where it stands as it is and nothing in the file refers to it."""
    used = any(f"{mark}{known.name}" in ctx.source.text for mark in ("$", "${", "$("))
    if used or ctx.text(variable.name_span) != known.name:
        return None
    edit = ctx.edit(variable.name_span, known.replacement)
    return Fix(f"write {known.replacement}", (edit,))
