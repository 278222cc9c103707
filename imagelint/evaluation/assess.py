"""Judge results by a plan: each dimension by its threshold and beside the previous tag."""

from __future__ import annotations

from math import hypot, inf, sqrt
from typing import TYPE_CHECKING

from imagelint.core.finding import Location
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.evaluation.planned import Scale
from imagelint.documents.evaluation.report import Answer, DimensionResult, EvaluationReport
from imagelint.evaluation.binding import Used, defects, other_questions, stale, variants
from imagelint.evaluation.intervals import unpaired
from imagelint.evaluation.judges import JudgeRates, corrected, rates
from imagelint.evaluation.lookup import Measured, measured
from imagelint.evaluation.noninferiority import Compared, answers, compare_apart, compare_pairs
from imagelint.evaluation.pairing import paired

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from imagelint.core.source import Span
    from imagelint.documents.evaluation.plan import EvaluationPlan
    from imagelint.documents.evaluation.planned import DimensionPlan
    from imagelint.documents.evaluation.report import Comparison
    from imagelint.documents.evaluation.results import ResultFile
    from imagelint.evaluation.intervals import Estimate
    from imagelint.evaluation.pairing import Floats

_LEAST_SHARED = 0.5
"""The part of all cases that both runs must have to be compared case by case."""


class Baseline(NamedTuple):
    """The results of the previous tag, with their plan where it lies beside them.

    `first` says that there is no previous tag.
    """

    files: tuple[ResultFile, ...] = ()
    plan: EvaluationPlan | None = None
    first: bool = False


class Assessment(NamedTuple):
    """What came of it: what rules judge, and what could not be told."""

    report: EvaluationReport
    problems: tuple[Problem, ...] = ()


class _Sided(NamedTuple):
    """A dimension as it was found; `unit` is what stands for all: 1 or 100."""

    plan: DimensionPlan
    found: Measured
    unit: float
    judge: JudgeRates | None

    @property
    def sign(self) -> float:
        """1 where higher is better, else -1."""
        return 1.0 if self.higher else -1.0

    @property
    def higher(self) -> bool:
        whole = self.found.aggregate
        said = whole.higher_is_better if whole else None
        return self.plan.higher_is_better if self.plan.stated_direction or said is None else said

    def oriented(self, values: Floats) -> Floats:
        """Values in fractions, better upwards; what is 0 or 1 stays so."""
        if self.higher:
            return values if self.unit == 1 else values / self.unit
        return -values if self.plan.scale is Scale.ANY else 1 - values / self.unit

    def value(self, raw: float) -> float:
        """What counts: what the judge's rate stands for."""
        return corrected(raw / self.unit, self.judge) * self.unit if self.judge else raw


def assess(
    plan: EvaluationPlan, files: Sequence[ResultFile], baseline: Baseline, used: Used
) -> Assessment:
    """What the results come to."""
    problems: list[Problem] = []
    sided: list[_Sided] = []
    incomparable: list[Problem] = []
    compared: dict[str, Compared] = {}
    for dimension in plan.dimensions:
        one = _sided(plan, dimension, files)
        if isinstance(one, Problem):
            problems.append(one)
            continue
        other = _compared(plan, one, baseline)
        if isinstance(other, Problem):
            incomparable.append(other)
        elif other is not None:
            compared[dimension.name] = other
        # The cases of one dimension are in memory at a time.
        sided.append(one._replace(found=one.found.summed_up()))
    problems += _unscored(plan, sided, baseline)
    problems += incomparable
    problems += _left_out(plan, compared)
    told = dict(zip(compared, answers(tuple(compared.values()), plan.level), strict=True))
    results = tuple(_result(one, told.get(one.plan.name)) for one in sided)
    problems += [
        _undecided(plan, one, one.comparison)
        for one in results
        if one.comparison is not None and one.answer is Answer.CANNOT_TELL
    ]
    if used.image and not plan.digest:
        detail = "names no digest, so nobody knows whether it is about this image"
        problems.append(
            _problem(plan, plan.places["image"], detail, "write `image: NAME@sha256:…`")
        )
    if plan.dataset.file and not used.dataset:
        detail = f"its dataset `{plan.dataset.file}` cannot be read, and so not be compared"
        problems.append(_problem(plan, plan.dataset.span, detail, "see `dataset.path`"))
    others = (
        *stale(plan, files, used),
        *other_questions(plan, baseline.files),
        *(variants(plan, baseline.plan) if baseline.plan else ()),
        *defects(plan, (*files, *baseline.files)),
    )
    return Assessment(
        EvaluationReport(plan.source, used.image or plan.digest, results, others, _facts(plan)),
        tuple(problems),
    )


def _facts(plan: EvaluationPlan) -> tuple[tuple[str, str], ...]:
    told = plan.evaluated
    facts = (
        ("model", told.model),
        ("revision", told.revision),
        ("quantization", told.quantization),
        ("engine", told.engine),
        ("version", told.version),
    )
    return tuple(fact for fact in facts if fact[1])


def _problem(
    plan: EvaluationPlan,
    span: Span,
    detail: str,
    help_: str = "",
    kind: ProblemKind = ProblemKind.INCONCLUSIVE,
) -> Problem:
    start, end = plan.source.position(span.start), plan.source.position(span.end)
    location = Location(plan.source.origin, span, start, end)
    return Problem(kind, plan.source.origin, detail, help_, location)


def _sided(
    plan: EvaluationPlan, dimension: DimensionPlan, files: Sequence[ResultFile]
) -> _Sided | Problem:
    found = measured(dimension.metric, files)
    if isinstance(found, str):
        detail = f"{dimension.name}: `{dimension.metric}` {found}"
        return _problem(plan, dimension.span, detail, kind=ProblemKind.NOT_FOUND)
    wrong = "".join(_off_scale(dimension, found))
    if wrong:
        detail = f"{dimension.name}: `{found.metric}` {wrong}"
        return _problem(plan, dimension.span, detail, "see `scale`", ProblemKind.UNPARSABLE)
    judge = rates(plan.judge.calibration) if plan.judge and dimension.judged else None
    judge = judge if judge and judge.informative else None
    unit = dimension.scale.most or 1.0
    return _Sided(dimension, found, unit, None if dimension.scale is Scale.ANY else judge)


def _off_scale(dimension: DimensionPlan, found: Measured) -> Iterator[str]:
    """Percentages against fractions: what would clear or fail by its unit alone."""
    most = dimension.scale.most
    if most is None:
        return
    whole = found.value, found.value
    lowest, highest = whole if found.cases is None else found.cases.bounds
    if highest > most or lowest < 0:
        worst = highest if highest > most else lowest
        yield f"is {worst:g} somewhere, outside of 0 to {most:g} (`scale: {dimension.scale.value}`)"
    elif dimension.scale is Scale.PERCENT and 0 < highest <= 1:
        yield f"is at most {highest:g}, which is a fraction, not a percentage"


def _compared(plan: EvaluationPlan, one: _Sided, baseline: Baseline) -> Compared | Problem | None:
    dimension = one.plan
    if dimension.tolerance is None or (baseline.first and not baseline.files):
        return None
    if not baseline.files:
        detail = f"{dimension.name} has a tolerance, and there is no previous tag to compare with"
        help_ = "give its results with `--baseline`, or say `--first` if there is none"
        return _problem(plan, dimension.span, detail, help_)
    before = measured(dimension.metric, baseline.files)
    said = before if isinstance(before, str) else "".join(_off_scale(dimension, before))
    if isinstance(before, str) or said:
        detail = f"{dimension.name}: in the baseline `{dimension.metric}` {said}"
        return _problem(plan, dimension.span, detail, kind=ProblemKind.NOT_FOUND)
    return _beside(one, before, dimension.tolerance / one.unit, plan.level) or _problem(
        plan, dimension.span, f"{dimension.name}: nothing says how certain its results are"
    )


def _beside(one: _Sided, before: Measured, tolerance: float, level: float) -> Compared | None:
    """The estimate in fractions of what is so, better upwards; None where no spread is known."""
    slope = one.judge.slope if one.judge else 1.0
    new, old = one.found.cases, before.cases
    notes: tuple[str, ...] = ()
    left_out = max(before.size - one.found.size, 0) if one.found.size else 0
    if new is None or old is None:
        estimate = _by_aggregates(one, before, tolerance * slope, level)
        size = min(one.found.size, before.size)
        notes = ("without samples of both: compared as if of different cases",)
        if estimate is None:
            return None
    else:
        new, old = new.changed(one.oriented), old.changed(one.oriented)
        pairs = paired(new, old)
        size = pairs.size
        left_out = old.size - size
        if size < _LEAST_SHARED * (size + pairs.unmatched):
            estimate = compare_apart(new, old, tolerance * slope, level)
            size = min(new.size, old.size)
            notes = (f"{pairs.size:,} cases in both: compared as if of different cases",)
        else:
            estimate = compare_pairs(pairs, tolerance * slope, level)
            if pairs.unmatched:
                notes = (f"{pairs.unmatched:,} cases are only in one of both, and left out",)
    told = one.value(before.value)
    return Compared(_divided(estimate, slope), told, tolerance, size, notes, left_out)


def _unscored(
    plan: EvaluationPlan, sided: Sequence[_Sided], baseline: Baseline
) -> Iterator[Problem]:
    """Cases that came to no score: those on which it went wrong, which is no random part."""
    lacking = any(file.samples.unscored for file in baseline.files)
    for one in sided:
        before = measured(one.plan.metric, baseline.files) if lacking else ""
        there = ((before, " in the baseline"),) if isinstance(before, Measured) else ()
        for found, where in ((one.found, ""), *there):
            if found.unscored:
                detail = f"{one.plan.name}: {found.unscored:,} samples have no score{where}"
                help_ = "evaluate them again, or say how bad each of them is"
                yield _problem(plan, one.plan.span, detail, help_)


def _left_out(plan: EvaluationPlan, compared: Mapping[str, Compared]) -> Iterator[Problem]:
    """What the previous tag was asked and this one was not: no random part of all, if it chose."""
    for dimension in plan.dimensions:
        one = compared.get(dimension.name)
        if one is not None and one.left_out:
            detail = f"{dimension.name}: {one.left_out:,} cases of the previous tag are left out"
            help_ = "evaluate the same cases as before, or the previous tag over these"
            yield _problem(plan, dimension.span, detail, help_)


def _by_aggregates(
    one: _Sided, before: Measured, tolerance: float, level: float
) -> Estimate | None:
    errors = _error(one, one.found), _error(one, before)
    if errors[0] is None or errors[1] is None:
        return None
    means = [one.sign * measure.value / one.unit for measure in (one.found, before)]
    estimate = unpaired((means[0], errors[0]), (means[1], errors[1]), tolerance, level)
    size = min(one.found.size, before.size)
    return estimate._replace(deviation=hypot(errors[0], errors[1]) * sqrt(size))


def _error(one: _Sided, found: Measured) -> float | None:
    """The standard error of a mean; of a rate that of passes and failures where none is told."""
    if found.cases is not None:
        size = found.cases.size
        spread = found.cases.spread(1) if size > 1 else inf
        if spread:
            return spread / one.unit / sqrt(size)
    whole = found.aggregate
    if whole is not None and whole.stderr is not None and whole.stderr > 0:
        return whole.stderr / one.unit
    if not found.size or one.plan.scale is Scale.ANY:
        return None
    # One more case of each kind: that all passed does not say that none can fail.
    rate = (found.value / one.unit * found.size + 1) / (found.size + 2)
    return sqrt(rate * (1 - rate) / found.size)


def _divided(estimate: Estimate, slope: float) -> Estimate:
    """The same for what is so, where a judge sees only a part of any change."""
    return estimate._replace(
        difference=estimate.difference / slope,
        low=estimate.low / slope,
        high=estimate.high / slope,
        deviation=estimate.deviation / slope,
    )


def _result(one: _Sided, comparison: Comparison | None) -> DimensionResult:
    dimension, raw, unit = one.plan, one.found.value, one.unit
    if comparison is not None:
        comparison = comparison._replace(
            difference=comparison.difference * unit,
            low=comparison.low * unit,
            high=comparison.high * unit,
        )
    return DimensionResult(
        dimension.span,
        dimension.name,
        one.found.metric,
        value=one.value(raw),
        raw=raw,
        cases=one.found.size,
        minimum=dimension.minimum,
        higher_is_better=one.higher,
        threshold=dimension.threshold,
        tolerance=dimension.tolerance,
        comparison=comparison,
        path=dimension.path,
    )


def _undecided(plan: EvaluationPlan, one: DimensionResult, told: Comparison) -> Problem:
    detail = (
        f"{one.name}: cannot tell whether it is worse than before by more than {one.tolerance:g}: "
        f"the difference is {told.difference:+.4g}, between {told.low:+.4g} and {told.high:+.4g}"
    )
    if told.needed is None:
        help_ = "no number of cases would tell: the difference is what is tolerated"
    else:
        help_ = f"some {told.needed:,} cases would probably tell; there are {told.pairs:,}"
    return _problem(plan, one.span, detail, help_)
