"""The summary of a verdict, for whoever asks for levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.collect.environment import moment
from imagelint.core.report import Evidence, Outcome, Report, Verdict
from imagelint.documents.image.verdict import parse_verdict
from imagelint.reporters.statement import verification_summary

if TYPE_CHECKING:
    from collections.abc import Collection

    from imagelint.core.environment import SummarySettings
    from imagelint.run.session import Session
    from imagelint.run.supplychain.push import PushResult


def summarised(verdict: Verdict, summary: SummarySettings, given: str = "") -> str:
    """The statement of a verdict about an image that has a digest, which was given now, or then."""
    return verification_summary(verdict, given or moment(), summary.verifier, summary.levels) or ""


def summary_of(result: PushResult, session: Session, held: Collection[str]) -> str:
    """The summary of the verdict upon which an image was pushed; empty where there is none to give.

    It is about the place where the image is now, of the time of the verdict, and only of one that
    was given by a policy that holds here: by their digests, those in `held`.
    """
    summary = session.policies.of(".").environment.summary
    verdict = parse_verdict(result.statement)
    if not summary.levels or isinstance(verdict, str):
        return ""
    names = zip(verdict.names, verdict.policies, strict=True)
    given = next((f"{name} {digest}" for name, digest in names if digest in held), "")
    if not given:
        return ""
    place = ("image", dict(result.evidence)["pushed"])
    evidence = Evidence((place, ("digest", result.digest), ("policy", given)))
    return summarised(Verdict(Outcome.PASS, (), Report(), evidence), summary, verdict.made)
