"""The rule `canary-without-analysis`."""

from __future__ import annotations

from imagelint.documents.kubernetes.monitoring.rollouts import UnjudgedCanary
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(UnjudgedCanary, Severity.LOW)
def canary_without_analysis(canary: UnjudgedCanary, ctx: Context) -> Findings:
    """Requests are shifted to a new version by the clock, whatever it does.

    A canary shows something only when somebody looks: without an analysis, a version that answers
    slowly or wrongly gets all requests as fast as a good one.

    Except:
        Rollouts that wait for somebody (`pause: {}`), or run an experiment.

    Bad (rollout.yaml):
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: llm}
        spec:
          strategy:
            canary:
              steps: [{setWeight: 20}, {pause: {duration: 10m}}, {setWeight: 60}]

    Good (rollout.yaml):
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: llm}
        spec:
          strategy:
            canary:
              steps:
                - {setWeight: 20}
                - analysis: {templates: [{templateName: llm-quality}]}
                - {setWeight: 60}
    """
    flagger = canary.kind == "Canary"
    yield ctx.finding(
        canary,
        f"the {canary.kind} goes on after some time, and looks at nothing",
        help="add `metrics` or a webhook" if flagger else "add a step with an `analysis`",
        subject=canary.name,
    )
