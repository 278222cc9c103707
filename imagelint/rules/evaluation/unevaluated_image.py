"""The rule `unevaluated-image`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.reference import differ
from imagelint.documents.evaluation.planned import PLAN, EvaluatedImage, evaluations_of
from imagelint.documents.shared import ImageRole, ImageUse
from imagelint.rules.api import Context, Findings, Severity, rule

_RUN = (ImageRole.POD, ImageRole.COMPOSE)


@rule(ImageUse, Severity.HIGH)
def unevaluated_image(use: ImageUse, ctx: Context) -> Findings:
    """Another image of the repository is deployed than the one that was evaluated.

    What the plan of an evaluation (`imagelint-eval.yaml`) tells of one tag says nothing about the
    next one: a newer engine, another quantization or a changed chat template answers otherwise.

    Except:
        A tag beside a digest, of which only the registry knows whether they are one.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: registry.example.com/llm:1.3.2
        === imagelint-eval.yaml
        image: registry.example.com/llm:1.4.0
        dataset: {name: support, revision: 5f1c2ab}
        dimensions: {accuracy: {threshold: 0.85}, tone: {threshold: 0.9}}

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: registry.example.com/llm:1.4.0
        === imagelint-eval.yaml
        image: registry.example.com/llm:1.4.0
        dataset: {name: support, revision: 5f1c2ab}
        dimensions: {accuracy: {threshold: 0.85}, tone: {threshold: 0.9}}

    Bad (compose.yaml):
        services:
          llm:
            image: registry.example.com/llm:1.3.2
        === imagelint-eval.yaml
        image: registry.example.com/llm:1.4.0
        dataset: {name: support, revision: 5f1c2ab}
        dimensions: {accuracy: {threshold: 0.85}, tone: {threshold: 0.9}}

    Good (compose.yaml):
        services:
          llm:
            image: registry.example.com/llm:1.4.0
        === imagelint-eval.yaml
        image: registry.example.com/llm:1.4.0
        dataset: {name: support, revision: 5f1c2ab}
        dimensions: {accuracy: {threshold: 0.85}, tone: {threshold: 0.9}}
    """
    if use.role not in _RUN or not isinstance(use.reference, Known):
        return
    used = use.reference.value
    found = ctx.project.named(PLAN, evaluations_of(used.name), EvaluatedImage)
    if not found or not all(differ(one.reference, used) for _origin, one in found):
        return
    origin, evaluated = found[0]
    yield ctx.finding(
        use,
        f"`{used}` is deployed, and `{evaluated.reference}` is what {origin} was measured of",
        help=f"deploy `{evaluated.reference}`, or evaluate what is deployed",
        subject=str(used),
    )
