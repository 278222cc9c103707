"""The rule `failed-evaluation-run`."""

from __future__ import annotations

from imagelint.documents.evaluation.report import RunDefect
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(RunDefect, Severity.HIGH)
def failed_evaluation_run(defect: RunDefect, ctx: Context) -> Findings:
    """The run of an evaluation did not come to its end, or left cases out.

    A mean over the cases that worked flatters: those that came to an error, timed out or were never
    asked are not a random part of all.

    Bad (evaluation.json):
        {"_type": "https://in-toto.io/Statement/v1",
         "subject": [{"name": "registry.example.com/chat", "digest": {"sha256":
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}],
         "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
         "predicate": {"result": "PASSED", "imagelint.dev/evaluation": {"defects": [
          {"origin": "log.eval", "what": "its status is `error`, not `success`"}]}}}

    Good (evaluation.json):
        {"_type": "https://in-toto.io/Statement/v1",
         "subject": [{"name": "registry.example.com/chat", "digest": {"sha256":
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}],
         "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
         "predicate": {"result": "PASSED", "imagelint.dev/evaluation": {"defects": []}}}
    """
    message = f"{defect.origin}: {defect.what}"
    help_ = "run the evaluation again, over all cases and to its end"
    yield ctx.finding(defect, message, help=help_, subject=f"{defect.origin} {defect.what}")
