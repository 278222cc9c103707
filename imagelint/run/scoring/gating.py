"""The scorecard that a gate asks for: of this image, and judged by the gate's own policy."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from imagelint.collect.read import decode, read_bytes
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.documents.base import DocumentError
from imagelint.documents.evaluation.report import StaleFact
from imagelint.documents.metrics.card import parse_scorecard
from imagelint.documents.project import Project
from imagelint.engine.examine import Examination
from imagelint.evaluation.scorecard import by_policy
from imagelint.run.evaluating.gating import RequiredResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.image.image import ImageTarget
    from imagelint.documents.metrics.card import SavedScorecard, SavedSignal
    from imagelint.policy.model import Policy


def scorecard_in(path: str, targets: tuple[ImageTarget, ...], policy: Policy) -> RequiredResult:
    """What a scorecard in a file says of an image; whoever gives the file vouches for it."""
    data = read_bytes(path, path)
    if isinstance(data, Problem):
        return RequiredResult(Report(problems=(data,)))
    read = decode(data, path)
    if read.source is None or read.problems:
        return RequiredResult(Report(problems=read.problems))
    try:
        saved = parse_scorecard(read.source)
    except DocumentError as error:
        help_ = error.help or "name what `imagelint score --format json=FILE` has written"
        problem = error.problem(read.source)._replace(help=help_)
        return RequiredResult(Report(problems=(problem,)))
    first = targets[0].identity
    known = {first.digest, *(one.identity.manifest for one in targets)}
    others: tuple[StaleFact, ...] = ()
    if saved.digest and saved.digest not in known:
        span = saved.signals[0].span if saved.signals else saved.saved[0].span
        others = (StaleFact(span, "image of the scorecard", saved.digest, first.digest, "image"),)
    card = by_policy(saved, policy.scorecard, others)
    report = Examination(policy)(card, Project())
    if not saved.digest:
        detail = "names no image, so nobody knows whether it was measured of this one"
        help_ = "say which one is served: `imagelint score --image NAME@sha256:…`"
        report += Report(problems=(Problem(ProblemKind.INCONCLUSIVE, path, detail, help_),))
    marked = tuple(mark._replace(digest=saved.digest) for mark in report.examined)
    name = f"{path} sha256:{sha256(data).hexdigest()}, not signed"
    return RequiredResult(report._replace(examined=marked), (("scorecard", name), *_evidence(card)))


def _evidence(card: SavedScorecard) -> Iterator[tuple[str, str]]:
    yield from ((f"scorecard {key}", value) for key, value in card.facts if value)
    yield "scorecard fails under", f"{card.fail_under:g}"
    for signal in card.saved:
        yield f"signal {signal.name}", ", ".join(_said(signal))


def _said(signal: SavedSignal) -> Iterator[str]:
    if signal.score is None:
        yield "could not tell"
    else:
        yield f"worth {signal.score:.2f}"
    if signal.value is not None:
        yield f"{'at least ' if signal.is_open else ''}{signal.value:.4g}"
    for name, bound in zip(("target", "breach"), signal.bounds[:2], strict=True):
        if bound is not None:
            yield f"{name} {bound:g}"
    if signal.why:
        yield signal.why
