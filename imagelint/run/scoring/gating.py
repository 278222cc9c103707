"""The scorecard that a gate asks for: of this image, young, and judged by the gate's policy."""

from __future__ import annotations

import math
from hashlib import sha256
from typing import TYPE_CHECKING

from imagelint.collect.environment import now as clock
from imagelint.collect.read import decode, read_bytes
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.core.serving.scorecard import PREDICATE
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.evaluation.report import StaleFact
from imagelint.documents.image.moments import days_since
from imagelint.documents.metrics.card import parse_scorecard
from imagelint.documents.project import Project
from imagelint.engine.examine import Examination
from imagelint.evaluation.scorecard import by_policy
from imagelint.run.evaluating.gating import RequiredResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.image.attestations import Attestation
    from imagelint.documents.image.image import ImageTarget
    from imagelint.documents.metrics.card import SavedScorecard, SavedSignal
    from imagelint.policy.model import Policy

_HOURS_OF_DAY = 24
_AGAIN = "measure it again: `imagelint score … --image NAME@sha256:…`"
_TIMED = "ask the server, or give samples with their times: of a page in a file nobody knows it"


def scorecard_in(path: str, targets: tuple[ImageTarget, ...], policy: Policy) -> RequiredResult:
    """What a scorecard in a file says of an image; whoever gives the file vouches for it."""
    data = read_bytes(path, path)
    if isinstance(data, Problem):
        return RequiredResult(Report(problems=(data,)))
    read = decode(data, path)
    if read.source is None or read.problems:
        return RequiredResult(Report(problems=read.problems))
    name = f"{path} sha256:{sha256(data).hexdigest()}, not signed"
    return _told(read.source, name, targets, policy)


def scorecard_on(
    statements: Iterable[Attestation], targets: tuple[ImageTarget, ...], policy: Policy
) -> RequiredResult:
    """What the signed scorecard of an image says: of several, the one that was measured last.

    An older one that passed says nothing of how the image serves now, and one of the same moment
    says no more than one that did not pass.
    """
    ours = [one for one in statements if one.predicate == PREDICATE]
    if not ours:
        detail = "carries no scorecard that is signed by a signer of the policy"
        help_ = "attest it: `imagelint score … --image NAME@sha256:… --sign`"
        problem = Problem(ProblemKind.NOT_FOUND, targets[0].reference, detail, help_)
        return RequiredResult(Report(problems=(problem,)))
    now = clock()

    def order(one: Attestation) -> tuple[float, bool]:
        age = _age(one.content["measured"]["to"].text, now)
        passed = one.content["verdict"]["outcome"].exact == "pass"
        return math.inf if age is None else age, passed

    chosen = min(ours, key=order)
    text = chosen.content.dumped()
    name = f"signed by {chosen.signer}, predicate sha256:{sha256(text.encode()).hexdigest()}"
    if len(ours) > 1:
        name += f", the last of {len(ours)}"
    return _told(Source(f"scorecard by {chosen.signer}", text), name, targets, policy)


def _told(
    source: Source, name: str, targets: tuple[ImageTarget, ...], policy: Policy
) -> RequiredResult:
    try:
        saved = parse_scorecard(source)
    except DocumentError as error:
        help_ = error.help or "name what `imagelint score --format json=FILE` has written"
        problem = error.problem(source)._replace(help=help_)
        return RequiredResult(Report(problems=(problem,)))
    first = targets[0].identity
    known = {first.digest, *(one.identity.manifest for one in targets)}
    others: tuple[StaleFact, ...] = ()
    if saved.digest and saved.digest not in known:
        span = saved.signals[0].span if saved.signals else saved.saved[0].span
        others = (StaleFact(span, "image of the scorecard", saved.digest, first.digest, "image"),)
    card = by_policy(saved, policy.scorecard, others)
    report = Examination(policy)(card, Project())
    doubts = tuple(
        Problem(ProblemKind.INCONCLUSIVE, source.origin, detail, help_)
        for detail, help_ in _doubts(saved, policy.scorecard.hours)
    )
    report += Report(problems=doubts)
    marked = tuple(mark._replace(digest=saved.digest) for mark in report.examined)
    return RequiredResult(report._replace(examined=marked), (("scorecard", name), *_evidence(card)))


def _doubts(saved: SavedScorecard, hours: int) -> Iterator[tuple[str, str]]:
    """Why a scorecard does not say how this image serves now, and what to do."""
    if not saved.digest:
        detail = "names no image, so nobody knows whether it was measured of this one"
        yield detail, "say which one is served: `imagelint score --image NAME@sha256:…`"
    told = dict(saved.facts)
    if not told["origin"]:
        yield "does not say of which server it was measured", _AGAIN
    if not told["window"]:
        yield "does not say over which window it was measured", _AGAIN
    end = saved.measured.end
    age = _age(end, clock())
    if age is None:
        yield "does not say when it was measured", _TIMED
    elif age < 0:
        yield f"says that it was measured in the future: {end}", _AGAIN
    elif age > hours:
        yield f"was measured {age:.1f} hours ago, and may be {hours} hours old", _AGAIN


def _age(moment: str, now: float) -> float | None:
    """Hours since a moment; None where it is none."""
    days = days_since(moment, now)
    return None if days is None else days * _HOURS_OF_DAY


def _evidence(card: SavedScorecard) -> Iterator[tuple[str, str]]:
    yield from ((f"scorecard {key}", value) for key, value in card.facts if value)
    if card.measured.end:
        start = f"{card.measured.start} to " if card.measured.start else "until "
        yield "scorecard measured", f"{start}{card.measured.end}"
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
