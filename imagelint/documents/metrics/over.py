"""Samples that answer questions over their own time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.metrics.samples import answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.documents.metrics.question import Question, Rows
    from imagelint.documents.metrics.samples import Samples

_STEPS = 60
_PARTS = 12


class SampleAnswers:
    """Answers from samples that were taken, over the time from the first to the last."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    def total(self, question: Question) -> Rows:
        """The answer over the whole time."""
        samples = self._samples
        return answer(question, samples, samples.end, samples.seconds)

    def over(self, question: Question) -> Mapping[float, Rows]:
        """The answers by time; none where pages were scraped once or twice."""
        samples = self._samples
        if samples.lifetime or samples.complete:
            return {}
        back = samples.seconds / _PARTS
        step = (samples.seconds - back) / _STEPS
        times = [samples.start + back + step * at for at in range(_STEPS + 1)]
        told = {time: answer(question, samples, time, back) for time in times}
        return {time: rows for time, rows in told.items() if rows}
