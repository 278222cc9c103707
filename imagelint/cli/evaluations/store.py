"""What `evaluate` and `gate` keep in the store, and what is taken out of it to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.cli.output.missingextras import need_store
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.reference import parse_reference

if TYPE_CHECKING:
    from imagelint.core.report import Verdict
    from imagelint.run.evaluating.evaluation import EvaluationOutcome, EvaluationRequest
    from imagelint.store.database import Store


def opened(place: str, *, create: bool) -> Store:
    """The store at a place, or the one of audits.

    Raises:
        UsageError: it cannot be used.
    """
    from imagelint.store.database import DEFAULT_FILE, Store

    return Store.open(place or DEFAULT_FILE, create=create)


def named(image: str) -> tuple[str, str]:
    """The repository with its registry, and the tag.

    Raises:
        UsageError: it is no image reference.
    """
    found = None if image.startswith("sha256:") else parse_reference(image)
    if found is None:
        help_ = "name it: `--image NAME:TAG@sha256:…`"
        raise UsageError(Diagnostic(f"`{image}` is no image with a name", help=help_))
    return found.name, found.tag


def with_previous(request: EvaluationRequest, image: str, store: str) -> EvaluationRequest:
    """The request with what was promoted last, where nothing else is to be compared with.

    Raises:
        UsageError: the store cannot be used, or is not installed.
    """
    need_store()
    from imagelint.run.evaluating.previous import compared_with
    from imagelint.store.promotions import previous

    with opened(store, create=True) as there:
        before = previous(there, named(image)[0], request.image)
    if before is None or request.baseline or request.first:
        return request
    measures = [(one.metric, one.value, one.samples) for one in before.measures]
    return compared_with(request, f"{before.tag or before.digest}", before.files, measures)


def keep_evaluation(outcome: EvaluationOutcome, verdict: Verdict, image: str, store: str) -> None:
    """Keep an evaluation that was judged."""
    from imagelint.collect.environment import moment
    from imagelint.run.evaluating.previous import measures_of
    from imagelint.store.promotions import EvaluationRecord, Measure, write_evaluation

    document = outcome.document
    if document is None or not document.digest:
        return
    measures = tuple(Measure(*one) for one in measures_of(document))
    said = verdict.outcome.value
    record = EvaluationRecord(
        *named(image), document.digest, outcome.suite, said, outcome.results, measures
    )
    with opened(store, create=True) as there:
        write_evaluation(there, record, moment())
