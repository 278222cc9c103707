"""The rule `model-newer-than-engine`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.queries.serving import place_of, title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(ServingCommand, Severity.HIGH, confidence=Confidence.LIKELY)
def model_newer_than_engine(server: ServingCommand, ctx: Context) -> Findings:
    """The release of the engine is older than the model, and has no code for it.

    Each engine has a list of architectures. A model that came later is refused once its
    configuration was downloaded ("Model architectures … are not supported for now"), after the
    image was pulled and the GPU was waited for.

    Except:
        Releases that are not known or not told apart, images of others, and models whose family
        does not stand in the table.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.9.1
              args: [--model, openai/gpt-oss-20b]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.11.0
              args: [--model, openai/gpt-oss-20b]
    """
    model, version = server.model, server.engine_version
    if not server.own_image or not isinstance(model, Known) or not isinstance(version, Known):
        return
    # Not above: few servers tell both.
    from imagelint.knowledge.settings.releases import unknown_model

    found = unknown_model(server.engine, version.value, model.value)
    if found is not None:
        yield ctx.finding(
            place_of(server, model),
            f"{title(server)} {version.value} does not know {found.title}",
            help=f"take an image of {found.since} or later",
            subject=model.value,
        )
