"""The rule `unstated-direction`."""

from __future__ import annotations

from imagelint.documents.evaluation.planned import DimensionPlan
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

# Of these less is better, whoever measures them. `rate` and the like say nothing by themselves. Of
# perplexity and wrong words lm-evaluation-harness says it in its results (`higher_is_better`).
_BAD = frozenset(
    (
        *("cost", "error", "errors", "failure", "failures", "hallucination", "hallucinations"),
        *("latency", "toxicity", "tpot", "ttft", "violations"),
    )
)
# What turns it round: the share of answers without one, and what is already turned.
_TURNED = frozenset(("free", "inverse", "no", "non", "not", "resistance", "score", "without"))


@rule(DimensionPlan, Severity.MEDIUM, confidence=Confidence.LIKELY)
def unstated_direction(dimension: DimensionPlan, ctx: Context) -> Findings:
    """A dimension of something bad does not say that less of it is better.

    Where neither the plan nor the results tell it, more is taken for better: a toxicity of 0.4
    clears a threshold of 0.1, and one that fell counts as a regression.

    Except:
        Dimensions that state a `direction`, and names which say that it is turned round
        (`error_free`, `toxicity_score`). Perplexity and the share of wrong words, whose direction
        results tell.

    Bad (imagelint-eval.yaml):
        dataset: {name: support-questions, revision: 5f1c2ab}
        dimensions:
          accuracy: {threshold: 0.85}
          toxicity: {threshold: 0.05}

    Good (imagelint-eval.yaml):
        dataset: {name: support-questions, revision: 5f1c2ab}
        dimensions:
          accuracy: {threshold: 0.85}
          toxicity: {threshold: 0.05, direction: lower}
    """
    words = set(dimension.name.lower().replace("-", "_").split("_"))
    if dimension.stated_direction or not words & _BAD or words & _TURNED:
        return
    yield ctx.finding(
        dimension,
        f"of `{dimension.name}` less is better, and the plan does not say so",
        help="add `direction: lower`, or `direction: higher` where it is turned round",
        subject=dimension.name,
    )
