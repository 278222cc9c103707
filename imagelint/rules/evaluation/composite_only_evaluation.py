"""The rule `composite-only-evaluation`."""

from __future__ import annotations

from imagelint.documents.evaluation.planned import DimensionSet
from imagelint.rules.api import Context, Findings, Severity, rule

_COMPOSITES = frozenset(
    ("average", "aggregate", "combined", "composite", "mean", "overall", "quality", "total")
)


@rule(DimensionSet, Severity.HIGH)
def composite_only_evaluation(dimensions: DimensionSet, ctx: Context) -> Findings:
    """An image is judged by a single number.

    A composite hides what matters most: that one dimension became much worse while others became a
    little better.

    Bad (imagelint-eval.yaml):
        dataset: {name: support-questions, revision: 5f1c2ab}
        dimensions:
          overall: {threshold: 0.85}

    Good (imagelint-eval.yaml):
        dataset: {name: support-questions, revision: 5f1c2ab}
        dimensions:
          accuracy: {threshold: 0.85}
          faithfulness: {threshold: 0.9}
    """
    named = [name for name in dimensions.names if not set(_words(name)) & _COMPOSITES]
    if len(named) > 1:
        return
    if dimensions.names:
        message = f"only {' and '.join(f'`{name}`' for name in dimensions.names)} has a threshold"
    else:
        message = "no dimension has a threshold"
    help_ = "give at least two dimensions that are no composites a `threshold` each"
    yield ctx.finding(dimensions, message, help=help_, subject="dimensions")


def _words(name: str) -> list[str]:
    return name.lower().replace("-", " ").replace("_", " ").split()
