"""The rule `renamed-model`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.queries.downloads import HUB_DOWNLOADERS
from imagelint.documents.queries.serving import is_commit, place_of
from imagelint.documents.queries.weights.hubdownloads import hub_downloads
from imagelint.documents.queries.weights.modelcache import hub_of
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import REVISION
from imagelint.documents.shell.script import Script
from imagelint.knowledge.serving.hubs import moved_model
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Node


@rule((ServingCommand, Script), Severity.MEDIUM, programs=HUB_DOWNLOADERS)
def renamed_model(subject: ServingCommand | Script, ctx: Context) -> Findings:
    """The model lies under another name by now, and the old one is not its publisher's any more.

    The hub forwards a name only as long as nobody takes it anew. Whoever registers the name of an
    organisation that was renamed or deleted decides what all who still write it download, and with
    pickled weights or `--trust-remote-code` what they run. A commit protects from that, since it
    is not found in another repository.

    Except:
        Revisions that are whole commits.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, CohereForAI/aya-expanse-8b]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, CohereLabs/aya-expanse-8b]

    Bad:
        FROM python:3.13-slim
        RUN hf download runwayml/stable-diffusion-v1-5 --local-dir /models

    Good:
        FROM python:3.13-slim
        RUN hf download stable-diffusion-v1-5/stable-diffusion-v1-5 --local-dir /models
    """
    if isinstance(subject, Script):
        for found in hub_downloads(subject):
            if found.hub.commits and not is_commit(found.revision):
                yield from _judged(found.download, found.model, ctx)
        return
    model = subject.model
    if is_commit(subject.option(REVISION)) or not hub_of(subject).commits:
        return
    if isinstance(model, Known) and subject.is_remote_model:
        yield from _judged(place_of(subject, model), model.value, ctx)


def _judged(at: Node, model: str, ctx: Context) -> Findings:
    moved = moved_model(model)
    if moved is not None:
        yield ctx.finding(
            at,
            f"`{model}` lies under another name since {moved.since}",
            help=f"write `{moved.to}`",
            subject=model,
        )
