"""The rule `evaluation-below-threshold`."""

from __future__ import annotations

from imagelint.documents.evaluation.report import DimensionResult
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(DimensionResult, Severity.HIGH)
def evaluation_below_threshold(one: DimensionResult, ctx: Context) -> Findings:
    """A dimension of quality does not reach its threshold.

    Each dimension counts alone: an average hides that one of them is not good enough.

    Bad (evaluation.json):
        {"_type": "https://in-toto.io/Statement/v1",
         "subject": [{"name": "registry.example.com/chat", "digest": {"sha256":
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}],
         "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
         "predicate": {"result": "PASSED", "imagelint.dev/evaluation": {"dimensions": [
          {"name": "accuracy", "metric": "exact", "value": 0.81, "cases": 800,
           "threshold": 0.85}]}}}

    Good (evaluation.json):
        {"_type": "https://in-toto.io/Statement/v1",
         "subject": [{"name": "registry.example.com/chat", "digest": {"sha256":
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}],
         "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
         "predicate": {"result": "PASSED", "imagelint.dev/evaluation": {"dimensions": [
          {"name": "accuracy", "metric": "exact", "value": 0.87, "cases": 800,
           "threshold": 0.85}]}}}
    """
    if one.meets_threshold or one.threshold is None:
        return
    word = "below" if one.higher_is_better else "above"
    raw = f" (the judge says {one.raw:.4g})" if one.raw != one.value else ""
    message = f"{one.name} is {one.value:.4g}{raw}, {word} its threshold of {one.threshold:g}"
    yield ctx.finding(one, message, help="do not promote this image", subject=one.name)
