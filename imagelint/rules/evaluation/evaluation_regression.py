"""The rule `evaluation-regression`."""

from __future__ import annotations

from imagelint.documents.evaluation.report import Answer, DimensionResult
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(DimensionResult, Severity.HIGH)
def evaluation_regression(one: DimensionResult, ctx: Context) -> Findings:
    """A dimension of quality is worse than that of the previous tag, by more than is tolerated.

    This is said only where chance does not explain it: the whole interval of the difference lies
    beyond the tolerance, and stays there after correction for the number of dimensions. Where the
    suite is too small to tell, that is a problem, not a finding, and no pass either.

    Bad (evaluation.json):
        {"_type": "https://in-toto.io/Statement/v1",
         "subject": [{"name": "registry.example.com/chat", "digest": {"sha256":
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}],
         "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
         "predicate": {"result": "PASSED", "imagelint.dev/evaluation": {"dimensions": [
          {"name": "accuracy", "metric": "exact", "value": 0.84, "cases": 800, "tolerance": 0.02,
           "comparison": {"answer": "fails", "baseline": 0.9, "difference": -0.06, "low": -0.08,
            "high": -0.04, "pValue": 0.001, "method": "exact McNemar test", "pairs": 800}}]}}}

    Good (evaluation.json):
        {"_type": "https://in-toto.io/Statement/v1",
         "subject": [{"name": "registry.example.com/chat", "digest": {"sha256":
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}],
         "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
         "predicate": {"result": "PASSED", "imagelint.dev/evaluation": {"dimensions": [
          {"name": "accuracy", "metric": "exact", "value": 0.9, "cases": 800, "tolerance": 0.02,
           "comparison": {"answer": "clears", "baseline": 0.9, "difference": 0, "low": -0.01,
            "high": 0.01, "pValue": 0.99, "method": "exact McNemar test", "pairs": 800}}]}}}
    """
    told = one.comparison
    if told is None or told.answer is not Answer.FAILS:
        return
    moved = "fell" if one.higher_is_better else "rose"
    message = (
        f"{one.name} {moved} from {told.baseline:.4g} to {one.value:.4g}: between {-told.high:.3g} "
        f"and {-told.low:.3g} worse, where {one.tolerance or 0:g} is tolerated ({told.method}, "
        f"{told.pairs:,} cases)"
    )
    yield ctx.finding(one, message, help="do not promote this image", subject=one.name)
