"""The evaluation that a gate asks for: a statement in a file, or a signed one on the image."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

from imagelint.collect.read import decode, read_bytes
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.core.source import Source, Span
from imagelint.documents.base import DocumentError
from imagelint.documents.evaluation.report import EvaluationReport, StaleFact
from imagelint.documents.evaluation.statement import OURS, PREDICATE, STATEMENT, parse_statement
from imagelint.documents.project import Project
from imagelint.engine.examine import Examination
from imagelint.run.evaluating.evidence import evidence_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.image.attestations import Attestation
    from imagelint.documents.image.image import ImageTarget
    from imagelint.policy.model import Policy


class RequiredResult(NamedTuple):
    """What came of what is demanded beside an image: what was found in it, and the evidence."""

    report: Report
    evidence: tuple[tuple[str, str], ...] = ()


def evaluation_in(path: str, targets: tuple[ImageTarget, ...], policy: Policy) -> RequiredResult:
    """What the statement in a file says of an image; whoever gives the file vouches for it."""
    data = read_bytes(path, path)
    if isinstance(data, Problem):
        return RequiredResult(Report(problems=(data,)))
    read = decode(data, path)
    if read.source is None or read.problems:
        return RequiredResult(Report(problems=read.problems))
    name = f"{path} sha256:{sha256(data).hexdigest()}, not signed"
    return _told(read.source, name, targets, policy)


def evaluation_on(
    statements: Iterable[Attestation], targets: tuple[ImageTarget, ...], policy: Policy
) -> RequiredResult:
    """What the signed evaluation of an image says: of several one that passed, if any did."""
    ours = [one for one in statements if one.predicate == PREDICATE and one.content[OURS].is_object]
    if not ours:
        detail = "carries no evaluation of imagelint that is signed by a signer of the policy"
        help_ = "attest it: `imagelint evaluate … --sign`"
        origin = targets[0].reference
        problem = Problem(ProblemKind.NOT_FOUND, origin, detail, help_)
        return RequiredResult(Report(problems=(problem,)))
    passed = [one for one in ours if one.content["result"].text == "PASSED"]
    chosen = (passed or ours)[0]
    text = _statement(chosen, targets[0])
    digest = sha256(chosen.content.dumped().encode()).hexdigest()
    name = f"signed by {chosen.signer}, predicate sha256:{digest}"
    if len(ours) > 1:
        name += f", one of {len(ours)}, of which {len(passed)} passed"
    origin = f"evaluation by {chosen.signer}"
    return _told(Source(origin, text), name, targets, policy)


def _statement(one: Attestation, target: ImageTarget) -> str:
    """The statement as its signer made it, as far as it counts: its signature is verified."""
    subject = {"name": target.reference, "digest": {"sha256": target.digest.partition(":")[2]}}
    head = {"_type": STATEMENT, "subject": [subject], "predicateType": one.predicate}
    return json.dumps({**head, "predicate": json.loads(one.content.dumped())}, indent=1)


def _told(
    source: Source, name: str, targets: tuple[ImageTarget, ...], policy: Policy
) -> RequiredResult:
    try:
        document = parse_statement(source)
    except DocumentError as error:
        help_ = error.help or "name what `imagelint evaluate --attest` has written"
        problem = error.problem(source)._replace(help=help_)
        return RequiredResult(Report(problems=(problem,)))
    bound = _bound(document, targets)
    report = Examination(policy)(bound, Project())
    if not any(one.threshold is not None or one.comparison for one in document.results):
        detail = "no dimension has a threshold, or was compared: nothing was evaluated"
        problem = Problem(ProblemKind.NOTHING_EXAMINED, source.origin, detail)
        report += Report(problems=(problem,))
    marked = tuple(mark._replace(digest=document.digest) for mark in report.examined)
    return RequiredResult(
        report._replace(examined=marked), (("evaluation", name), *_named(document))
    )


def _bound(document: EvaluationReport, targets: tuple[ImageTarget, ...]) -> EvaluationReport:
    """The evaluation, with what speaks against it where it is one of another image."""
    first = targets[0].identity
    # Of one image for several platforms no evaluation speaks for the others.
    ours = (first.digest,) if len(targets) > 1 else (first.digest, first.manifest)
    if document.digest in ours:
        return document
    encoded = document.digest.partition(":")[2]
    start = document.source.text.find(encoded)
    span = Span(max(start, 0), max(start, 0) + len(encoded))
    other = StaleFact(span, "image", document.digest, first.digest, "subject")
    return EvaluationReport(
        document.source,
        document.digest,
        document.results,
        (*document.inside, other),
        document.facts,
        gaps=document.gaps,
    )


def _named(document: EvaluationReport) -> Iterator[tuple[str, str]]:
    """The evidence, without the digest: the verdict has that of the image."""
    return (row for row in evidence_of(document) if row[0] != "digest")
