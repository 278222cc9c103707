"""The rule `model-revision-unpinned`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Fact, Known
from imagelint.documents.queries.downloads import HUB_DOWNLOADERS
from imagelint.documents.queries.serving import is_offline, place_of
from imagelint.documents.queries.weights.companions import fetched_companions
from imagelint.documents.queries.weights.hubdownloads import hub_downloads, is_kept, moves
from imagelint.documents.queries.weights.modelcache import downloads_stay, hub_of, weights_stay
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import REVISION
from imagelint.documents.shell.script import Script
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.knowledge.serving.hubs import Hub

# What has no revision of its own is told one by where it lies.
_FETCHED_BEFORE = "download it at a commit before the start, and name the folder"


@rule((ServingCommand, Script), Severity.MEDIUM, programs=HUB_DOWNLOADERS)
def model_revision_unpinned(subject: ServingCommand | Script, ctx: Context) -> Findings:
    """The model is downloaded at whatever its repository holds that day.

    A name on the hub means the branch `main`, and branches and tags move: weights, chat template
    and generation settings change under the same manifest, two replicas can serve different
    models, and an evaluation says nothing about what runs. Only a whole commit stays; ModelScope
    knows tags. The rule speaks about servers and about scripts, of builds and of init containers,
    and about the tokenizer, the draft model and the adapters that a server is told beside it.

    Except:
        Paths, object stores, servers that are kept offline. Weights that stay on a volume, or in
        an image, get a low severity.

    Bad (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]

    Good (deployment.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args:
                - --model=Qwen/Qwen3-8B
                - --revision=b968826d9c46dd6066d109eabc6255188de91218

    Bad:
        FROM vllm/vllm-openai:v0.30.0
        CMD ["--model", "Qwen/Qwen3-8B", "--revision", "main"]

    Good:
        FROM vllm/vllm-openai:v0.30.0
        CMD ["--model", "/models/qwen3-8b"]

    Bad (job.yaml):
        apiVersion: batch/v1
        kind: Job
        metadata: {name: fetch}
        spec:
          template:
            spec:
              restartPolicy: Never
              containers:
                - name: fetch
                  image: python:3.12
                  command: [hf, download, Qwen/Qwen3-8B, --local-dir, /models]

    Good (job.yaml):
        apiVersion: batch/v1
        kind: Job
        metadata: {name: fetch}
        spec:
          template:
            spec:
              restartPolicy: Never
              containers:
                - name: fetch
                  image: python:3.12
                  command:
                    - hf
                    - download
                    - Qwen/Qwen3-8B
                    - --revision=9c925d64d72725edaf899c6cb9c377fd0709d9c5
                    - --local-dir=/models
    """
    if isinstance(subject, Script):
        yield from _of_script(subject, ctx)
        return
    hub = hub_of(subject)
    if is_offline(subject) and hub.commits:
        return
    yield from _of_model(subject, hub, ctx)
    yield from _of_companions(subject, hub, ctx)


def _of_model(server: ServingCommand, hub: Hub, ctx: Context) -> Findings:
    revision, model = server.option(REVISION), server.model
    if not isinstance(model, Known) or not server.is_remote_model or not moves(revision, hub):
        return
    yield ctx.finding(
        place_of(server, revision),
        f"{model.value} is downloaded {_state(revision, hub)}",
        help=_advice(hub, _pin(server, model.value)),
        subject=model.value,
        severity=Severity.LOW if weights_stay(server) else None,
    )


def _of_companions(server: ServingCommand, hub: Hub, ctx: Context) -> Findings:
    for found in fetched_companions(server):
        if not moves(found.revision, hub):
            continue
        yield ctx.finding(
            Place(found.switch.span, server.path),
            f"the {found.what} {found.name} is downloaded {_state(found.revision, hub)}",
            help=_advice(hub, found.pin) if found.pin else _FETCHED_BEFORE,
            subject=found.name,
            severity=Severity.LOW if downloads_stay(server) else None,
        )


def _pin(server: ServingCommand, model: str) -> str:
    if model.startswith("hf://"):
        address = model.removeprefix("hf://").partition(":")[0]
        return f"`hf://{address}:{{}}`"
    return "`revision: {}`" if server.keyed else "`--revision {}`"


def _of_script(script: Script, ctx: Context) -> Findings:
    for found in hub_downloads(script):
        if moves(found.revision, found.hub):
            yield ctx.finding(
                found.download,
                f"{found.model} is downloaded {_state(found.revision, found.hub)}",
                help=_advice(found.hub, found.pin),
                subject=found.model,
                severity=Severity.LOW if is_kept(ctx.document, script, found.download) else None,
            )


def _state(revision: Fact[str], hub: Hub) -> str:
    if isinstance(revision, Known):
        return f"at `{revision.value}`, which moves"
    return f"at `{hub.branch}`"


def _advice(hub: Hub, pin: str) -> str:
    what, example = ("commit", "<40 hex digits>") if hub.commits else ("tag", "<tag>")
    # What is written in front of it is anybody's, and may hold braces.
    before, _, behind = pin.rpartition("{}")
    return f"name a {what} of it: {before}{example}{behind}"
