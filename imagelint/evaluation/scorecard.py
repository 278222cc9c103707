"""From what was measured to signals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from imagelint.core.serving.scorecard import Signal

if TYPE_CHECKING:
    from imagelint.core.serving.scorecard import Bounds, SignalKind
    from imagelint.documents.metrics.measure import Measured


def serving_signal(kind: SignalKind, bounds: Bounds, measured: Measured) -> Signal:
    """A signal by its bounds.

    Of what lies above the last bucket of a histogram only that bound is known: where that is a
    breach, so is the value; else nothing can be told.
    """
    signal = Signal(
        name=kind.name,
        title=kind.title,
        unit=kind.unit,
        bounds=bounds,
        value=measured.value,
        least=measured.least,
        most=measured.most if measured.most is None or math.isfinite(measured.most) else None,
        source=measured.metric,
        why=measured.why,
        points=measured.points,
    )
    if measured.value is None:
        return signal
    score = bounds.score(measured.value)
    if measured.most is not None and math.isinf(measured.most) and score > 0:
        return signal._replace(why="it lies above the last bucket of the histogram")
    return signal._replace(score=score)
