"""The rule `model-revision-unpinned`."""

from __future__ import annotations

from imagelint.core.fact import ABSENT, Known
from imagelint.documents.queries.modelcache import weights_stay
from imagelint.documents.queries.serving import is_commit, is_offline, place_of
from imagelint.documents.serving.command import ServingCommand
from imagelint.documents.serving.options import REVISION
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(ServingCommand, Severity.MEDIUM)
def model_revision_unpinned(server: ServingCommand, ctx: Context) -> Findings:
    """The model is downloaded at whatever its repository holds that day.

    A name on the hub means the branch `main`, and branches and tags move: weights, chat template
    and generation settings change under the same manifest, two replicas can serve different
    models, and an evaluation says nothing about what runs. Only a whole commit stays.

    Except:
        Paths, object stores, servers that are kept offline. Weights that stay on a volume get a
        low severity.

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
    """
    revision, model = server.option(REVISION), server.model
    if not isinstance(model, Known) or not server.is_remote_model or is_offline(server):
        return
    if is_commit(revision) or not (revision is ABSENT or isinstance(revision, Known)):
        return
    state = f"at `{revision.value}`, which moves" if isinstance(revision, Known) else "at `main`"
    stays = weights_stay(server)
    yield ctx.finding(
        place_of(server, revision),
        f"{model.value} is downloaded {state}",
        help="name a commit of it: `--revision <40 hex digits>`",
        subject=model.value,
        severity=Severity.LOW if stays else None,
    )
