"""Read results and their plan, judge them, and say on what the verdict rests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.read import decode, read_bytes
from imagelint.collect.results.files import digest_of, read_results, result_files
from imagelint.core.errors import Diagnostic, UsageError
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, Report
from imagelint.documents.base import DocumentError
from imagelint.documents.evaluation.plan import EvaluationPlan, parse_plan
from imagelint.documents.project import Project
from imagelint.engine.examine import Examination
from imagelint.run.evaluating.evidence import evidence_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.evaluation.report import EvaluationReport
    from imagelint.documents.evaluation.results import ResultFile, SampleTable
    from imagelint.evaluation.assess import Assessment
    from imagelint.policy.model import Policy

PLAN_NAMES = ("imagelint-eval.yaml", "imagelint-eval.yml")


class EvaluationRequest(NamedTuple):
    """What to judge; `plan` empty means the one beside the results, above, or where the user is.

    `image` is the digest of what is used, empty for that of the plan. `first` says that there is no
    previous tag, `kept` is what a store knows of it where its files are gone.
    """

    results: tuple[str, ...]
    baseline: tuple[str, ...] = ()
    plan: str = ""
    image: str = ""
    first: bool = False
    kept: tuple[ResultFile, ...] = ()


class EvaluationOutcome(NamedTuple):
    """What came of it: the report, the evidence, and what a statement says.

    `files` are the plan and all results, with the SHA-256 of each, `results` only the new ones, by
    their full paths. `image` is the one of the plan, `suite` its dataset.
    """

    report: Report
    evidence: tuple[tuple[str, str], ...] = ()
    document: EvaluationReport | None = None
    files: tuple[tuple[str, str], ...] = ()
    image: str = ""
    suite: str = ""
    results: tuple[tuple[str, str], ...] = ()


class EvaluationInputs(NamedTuple):
    """All that was read: the plan, the results, those of the previous tag and their plan."""

    plan: EvaluationPlan
    new: tuple[ResultFile, ...]
    old: tuple[ResultFile, ...] = ()
    old_plan: EvaluationPlan | None = None
    paths: tuple[str, ...] = ()


def read_inputs(request: EvaluationRequest) -> EvaluationInputs | tuple[Problem, ...]:
    """What a request names, or why it cannot be read: all of it or nothing.

    Raises:
        UsageError: there is no plan.
    """
    path = request.plan or _plan_in(_folders(request.results)) or _plan_in((".",))
    if not path:
        help_ = "write imagelint-eval.yaml beside them, or name one with `--plan`"
        raise UsageError(Diagnostic("nothing says what these results must be", help=help_))
    plan = read_plan(path)
    other = _plan_in(_folders(request.baseline))
    old_plan = read_plan(other) if other and other != path else None
    names = _names(request.results), _names(request.baseline)
    read = [[read_results(name, name) for name in side] for side in names]
    everything = (plan, old_plan, *read[0], *read[1])
    problems = tuple(one for one in everything if isinstance(one, Problem))
    if isinstance(plan, Problem) or isinstance(old_plan, Problem) or problems:
        return problems
    new, old = (tuple(one for one in side if not isinstance(one, Problem)) for side in read)
    _share((*new, *old))
    return EvaluationInputs(plan, new, old, old_plan, (path, *names[0], *names[1]))


def _share(files: Iterable[ResultFile]) -> None:
    """Keep equal keys of cases once: of several files a side, each may be that of another."""
    begun: dict[tuple[int, int], list[SampleTable]] = {}
    for file in files:
        table = file.samples
        if len(table):
            alike = begun.setdefault((len(table), table.cases[0]), [])
            table.share(alike)
            alike.append(table)


def _names(paths: Iterable[str]) -> tuple[str, ...]:
    found: list[str] = []
    for path in paths:
        inside = result_files(path)
        # A folder that cannot be listed is read as a file, which says why it is none.
        found += [path] if isinstance(inside, Problem) else inside
    return tuple(found)


def _folders(paths: Iterable[str]) -> tuple[str, ...]:
    """Where results lie, then the folders above: a folder a tag, and one plan for all of them."""
    near = [path if os.path.isdir(path) else os.path.dirname(path) or "." for path in paths]
    return (*near, *(os.path.join(folder, os.pardir) for folder in near))


def _plan_in(folders: Iterable[str]) -> str:
    """The first plan that lies in one of some folders; empty when none does."""
    candidates = (os.path.join(folder, name) for folder in folders for name in PLAN_NAMES)
    return next((os.path.normpath(path) for path in candidates if os.path.isfile(path)), "")


def read_plan(path: str) -> EvaluationPlan | Problem:
    """The plan in a file, or why there is none."""
    data = read_bytes(path, path)
    if isinstance(data, Problem):
        return data
    read = decode(data, path)
    if read.source is None or read.problems:
        return read.problems[0]
    try:
        return parse_plan(read.source)
    except DocumentError as error:
        return error.problem(read.source)


def evaluate(request: EvaluationRequest, policy: Policy) -> EvaluationOutcome:
    """Judge results by their plan.

    Raises:
        UsageError: there is no plan.
    """
    inputs = read_inputs(request)
    if not isinstance(inputs, EvaluationInputs):
        return EvaluationOutcome(Report(problems=inputs))
    assessment = _assessed(inputs, request)
    document = assessment.report
    examination = Examination(policy)
    judged = examination(document, Project())
    marked = tuple(one._replace(digest=document.digest) for one in judged.examined)
    report = examination(inputs.plan, Project()) + judged._replace(examined=marked)
    files = tuple((path, digest_of(path)) for path in inputs.paths)
    return EvaluationOutcome(
        report + Report(problems=assessment.problems),
        (*evidence_of(document), *((f"read {path}", f"sha256:{digest}") for path, digest in files)),
        document,
        files,
        image=inputs.plan.evaluated.image,
        suite=inputs.plan.dataset.name,
        results=tuple(
            (os.path.abspath(path), digest) for path, digest in files[1 : len(inputs.new) + 1]
        ),
    )


def _assessed(inputs: EvaluationInputs, request: EvaluationRequest) -> Assessment:
    from imagelint.evaluation.assess import Baseline, assess
    from imagelint.evaluation.binding import Used

    plan = inputs.plan
    folder = os.path.dirname(plan.source.origin)
    file = plan.dataset.file
    used = Used(request.image, digest_of(os.path.join(folder, file)) if file else "")
    baseline = Baseline(inputs.old or request.kept, inputs.old_plan, request.first)
    return assess(plan, inputs.new, baseline, used)
