"""The rule `too-few-evaluation-cases`."""

from __future__ import annotations

from imagelint.documents.evaluation.report import DimensionResult
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(DimensionResult, Severity.MEDIUM)
def too_few_evaluation_cases(one: DimensionResult, ctx: Context) -> Findings:
    """A dimension was measured on fewer cases than it needs.

    Of 20 cases one is 5 %: what such a suite says of a threshold is mostly chance. Repetitions of a
    case are not cases. `imagelint evaluate --power` tells what a suite can see.

    Bad (evaluation.json):
        {"_type": "https://in-toto.io/Statement/v1",
         "subject": [{"name": "registry.example.com/chat", "digest": {"sha256":
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}],
         "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
         "predicate": {"result": "PASSED", "imagelint.dev/evaluation": {"dimensions": [
          {"name": "accuracy", "metric": "exact", "value": 0.9, "cases": 20, "minimum": 100}]}}}

    Good (evaluation.json):
        {"_type": "https://in-toto.io/Statement/v1",
         "subject": [{"name": "registry.example.com/chat", "digest": {"sha256":
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}],
         "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
         "predicate": {"result": "PASSED", "imagelint.dev/evaluation": {"dimensions": [
          {"name": "accuracy", "metric": "exact", "value": 0.9, "cases": 100, "minimum": 100}]}}}
    """
    if one.cases < one.minimum:
        cases = f"{one.cases:,} cases" if one.cases else "nobody knows how many cases"
        message = f"{one.name} was measured on {cases}, and needs {one.minimum:,}"
        yield ctx.finding(one, message, help="add cases to the suite", subject=one.name)
