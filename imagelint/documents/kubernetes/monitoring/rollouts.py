"""Objects that shift requests to a new version step by step, and what they are judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.pods.shapes import is_rollout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Span
    from imagelint.documents.kubernetes.objects import KubernetesObject

_JUDGING = ("analysis", "experiment", "plugin")


class UnjudgedCanary(NamedTuple):
    """A rollout in steps that go on by the clock, whatever the new version does.

    `kind` is that of the object, `name` its name.
    """

    span: Span
    path: str
    kind: str
    name: str


def unjudged_canaries(obj: KubernetesObject) -> Iterator[UnjudgedCanary]:
    """The steps of an object by which requests are shifted and nothing is judged.

    argoproj/argo-rollouts:docs/features/canary.md; https://docs.flagger.app/usage/how-it-works
    """
    if is_rollout(obj):
        canary = obj.body.at("spec", "strategy", "canary")
        steps = canary["steps"]
        shifted = any(step["setWeight"].exists for step in steps.items())
        paused = any(
            step["pause"].exists and not step.at("pause", "duration").exists
            for step in steps.items()
        )
        judged = canary["analysis"].exists or any(
            step[name].exists for step in steps.items() for name in _JUDGING
        )
        if shifted and not judged and not paused:
            yield UnjudgedCanary(steps.span, steps.path, obj.kind, obj.name)
    elif (obj.group, obj.kind) == ("flagger.app", "Canary"):
        analysis = obj.body.at("spec", "analysis")
        judged = analysis["metrics"].exists or analysis["webhooks"].exists
        if analysis.exists and not judged and not analysis.templated:
            yield UnjudgedCanary(analysis.key_span, analysis.path, obj.kind, obj.name)
