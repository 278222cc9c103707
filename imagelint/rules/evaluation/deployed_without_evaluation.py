"""The rule `deployed-without-evaluation`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.evaluation.planned import PLAN, EvaluatedImage, evaluations_of
from imagelint.documents.queries.serving import title
from imagelint.documents.serving.command import ServingCommand
from imagelint.rules.api import Context, Findings, Severity, rule

# A Dockerfile names what its image is built upon, and not what is deployed.
_BUILT = "image"


@rule(ServingCommand, Severity.INFO)
def deployed_without_evaluation(server: ServingCommand, ctx: Context) -> Findings:
    """A model server is deployed, and nothing says how well its answers were.

    Its image is scanned and signed, which tells nothing of a quantization that is too coarse or of
    a chat template that does not fit. A plan of an evaluation (`imagelint-eval.yaml`) names the
    image, the questions, and what each dimension must reach before a tag is promoted.

    Except:
        Servers that only embed, parts of larger ones, images whose name is not known.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.30.0
              args: [--model, Qwen/Qwen3-8B]
        === imagelint-eval.yaml
        image: vllm/vllm-openai:v0.30.0
        model: {name: Qwen/Qwen3-8B, revision: b968826d9c46dd6066d109eabc6255188de91218}
        dataset: {name: support, revision: 5f1c2ab}
        dimensions: {accuracy: {threshold: 0.85}, tone: {threshold: 0.9}}

    Bad (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]

    Good (compose.yaml):
        services:
          llm:
            image: vllm/vllm-openai:v0.30.0
            command: [--model, Qwen/Qwen3-8B]
        === imagelint-eval.yaml
        image: vllm/vllm-openai:v0.30.0
        model: {name: Qwen/Qwen3-8B, revision: b968826d9c46dd6066d109eabc6255188de91218}
        dataset: {name: support, revision: 5f1c2ab}
        dimensions: {accuracy: {threshold: 0.85}, tone: {threshold: 0.9}}
    """
    image = server.launch.image
    if image is None or not isinstance(image.reference, Known) or not server.engine:
        return
    if server.launch.runtime.kind == _BUILT or server.only_embeds or server.is_follower:
        return
    used = image.reference.value
    if ctx.project.named(PLAN, evaluations_of(used.name), EvaluatedImage):
        return
    yield ctx.finding(
        image,
        f"{title(server)} is deployed, and no plan of an evaluation is about `{used.name}`",
        help="evaluate what is deployed, and write down in a plan what it must reach",
        subject=used.name,
    )
