"""The rule `stale-evaluation`."""

from __future__ import annotations

from imagelint.documents.evaluation.report import StaleFact
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(StaleFact, Severity.HIGH)
def stale_evaluation(fact: StaleFact, ctx: Context) -> Findings:
    """What was evaluated is not what is used.

    Results of another digest, revision, quantization or set of questions say nothing about this
    image. The same holds for the results that they are compared with.

    Bad (evaluation.json):
        {"_type": "https://in-toto.io/Statement/v1",
         "subject": [{"name": "registry.example.com/chat", "digest": {"sha256":
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}],
         "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
         "predicate": {"result": "PASSED", "imagelint.dev/evaluation": {"stale": [
          {"what": "quantization", "evaluated": "none", "used": "int4"}]}}}

    Good (evaluation.json):
        {"_type": "https://in-toto.io/Statement/v1",
         "subject": [{"name": "registry.example.com/chat", "digest": {"sha256":
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}],
         "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
         "predicate": {"result": "PASSED", "imagelint.dev/evaluation": {"stale": []}}}
    """
    message = f"{fact.what}: {fact.evaluated} was evaluated, {fact.used} is used"
    yield ctx.finding(fact, message, help="evaluate what is used", subject=fact.what)
