"""The rule `uncalibrated-judge`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.evaluation.planned import JudgeBinding
from imagelint.documents.evaluation.report import JudgeMismatch
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.evaluation.planned import Calibration


@rule((JudgeBinding, JudgeMismatch), Severity.MEDIUM)
def uncalibrated_judge(judge: JudgeBinding | JudgeMismatch, ctx: Context) -> Findings:
    """Answers are judged by a model of which nobody knows how it compares with people.

    A judge that passes a fifth of all wrong answers makes 70 % of 60 %. It is calibrated for one
    version: another one is another judge.

    Bad (imagelint-eval.yaml):
        dataset: {name: support-questions, revision: 5f1c2ab}
        judge: {model: judge-large, version: "2026-05"}
        dimensions:
          accuracy: {threshold: 0.85}
          helpfulness: {threshold: 0.9, judge: true}

    Good (imagelint-eval.yaml):
        dataset: {name: support-questions, revision: 5f1c2ab}
        judge:
          model: judge-large
          version: "2026-05"
          calibration: {date: 2026-06-01, n: 200, agreement: 0.93}
        dimensions:
          accuracy: {threshold: 0.85}
          helpfulness: {threshold: 0.9, judge: true}
    """
    if isinstance(judge, JudgeMismatch):
        declared = f"`{judge.declared}` is declared" if judge.declared else "no judge is declared"
        message = f"`{judge.used}` judged, and {declared}"
        help_ = "calibrate the judge that is used, name it in the plan, and evaluate again"
        yield ctx.finding(judge, message, help=help_, subject=judge.used)
        return
    if not judge.used_by:
        return
    missing = [
        *(() if judge.model else ("model",)),
        *(() if judge.version else ("version",)),
        *_missing(judge.calibration),
    ]
    useless = _says_nothing(judge.calibration)
    if missing:
        message = f"the judge of {', '.join(judge.used_by)} has no {' and no '.join(missing)}"
        help_ = "let people judge a sample of its answers, and say how often both agree"
        yield ctx.finding(judge, message, help=help_, subject=judge.model)
    elif useless:
        message = f"the judge of {', '.join(judge.used_by)} {useless}"
        help_ = "use another judge, or another prompt for it"
        yield ctx.finding(judge, message, help=help_, subject=judge.model, severity=Severity.HIGH)


def _missing(calibration: Calibration) -> Iterator[str]:
    if not calibration.date:
        yield "calibration.date"
    if len(calibration.matrix) == 4:  # noqa: PLR2004 - the cells of the matrix
        return
    if calibration.cases is None:
        yield "calibration.n"
    if calibration.agreement is None and calibration.kappa is None:
        yield "calibration.agreement"


def _says_nothing(calibration: Calibration) -> str:
    if len(calibration.matrix) != 4:  # noqa: PLR2004 - the cells of the matrix
        by_chance = calibration.kappa is not None and calibration.kappa <= 0
        return "agrees with people by chance" if by_chance else ""
    hits, alarms, misses, rejections = calibration.matrix
    if hits * rejections > alarms * misses:
        return ""
    return "passes what people reject as often as what they pass"
