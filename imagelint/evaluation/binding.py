"""Whether results are those of what is used: the image, the model, the questions, the judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.evaluation.report import JudgeMismatch, RunDefect, StaleFact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imagelint.documents.base import Node
    from imagelint.documents.evaluation.plan import EvaluationPlan
    from imagelint.documents.evaluation.results import ResultFile


class Used(NamedTuple):
    """What is used: the digests of the image, and of the file of the dataset if it is there."""

    image: str = ""
    dataset: str = ""


def stale(plan: EvaluationPlan, files: Sequence[ResultFile], used: Used) -> Iterator[StaleFact]:
    """What the plan or the results say otherwise than it is."""
    told = plan.evaluated
    places = plan.places
    if told.digest and used.image and told.digest != used.image:
        yield StaleFact(places["image"], "image", told.digest, used.image, "image")
    if plan.dataset.sha256 and used.dataset and plan.dataset.sha256 != used.dataset:
        place = places["dataset"]
        yield StaleFact(place, "dataset", plan.dataset.sha256, used.dataset, "dataset.sha256")
    for file in files:
        facts = file.facts
        for key, what, said, wanted in (
            ("image", "image", facts.image.rpartition("@")[2], used.image or told.digest),
            ("revision", "revision of the model", facts.revision, told.revision),
            ("quantization", "quantization", facts.quantization, told.quantization),
            ("dataset", "dataset", facts.dataset.removeprefix("sha256:"), plan.dataset.sha256),
            ("version", "version of the engine", facts.engine, told.version),
        ):
            if said and wanted and said.lower() != wanted.lower():
                yield StaleFact(places[key], f"{what} of {file.origin}", said, wanted, key)


def other_questions(plan: EvaluationPlan, files: Sequence[ResultFile]) -> Iterator[StaleFact]:
    """The results to compare with that say that they are of another dataset."""
    for file in files:
        said, wanted = file.facts.dataset.removeprefix("sha256:").lower(), plan.dataset.sha256
        if said and wanted and said != wanted:
            what = f"dataset of the baseline {file.origin}"
            yield StaleFact(plan.places["dataset"], what, said, wanted, "dataset")


def variants(plan: EvaluationPlan, other: EvaluationPlan) -> Iterator[StaleFact]:
    """What two plans do not have in common that must be the same to compare their results."""
    for key, name, said, wanted in (
        ("dataset", "dataset", other.dataset.sha256, plan.dataset.sha256),
        ("dataset", "revision of the dataset", other.dataset.revision, plan.dataset.revision),
        ("judge", "judge", _judge(other), _judge(plan)),
        ("image", "set of dimensions", _dimensions(other), _dimensions(plan)),
    ):
        if said != wanted:
            what = f"{name} of the baseline"
            yield StaleFact(plan.places[key], what, said or "none", wanted or "none", key)


def _judge(plan: EvaluationPlan) -> str:
    return f"{plan.judge.model} {plan.judge.version}".strip() if plan.judge else ""


def _dimensions(plan: EvaluationPlan) -> str:
    return ", ".join(sorted(one.name for one in plan.dimensions))


def defects(plan: EvaluationPlan, files: Sequence[ResultFile]) -> Iterator[Node]:
    """What was not evaluated as it should have been, and who judged though nobody said so."""
    judge = plan.judge
    for file in files:
        for what in file.defects:
            yield RunDefect(plan.places["image"], file.origin, what, "image")
        for used in file.facts.judges:
            declared = judge.model if judge else ""
            if used.lower() != declared.lower():
                yield JudgeMismatch(plan.places["judge"], declared, used, "judge.model")
