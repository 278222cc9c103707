"""What `imagelint history` shows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagelint.cli.evaluations.store import named, opened
from imagelint.cli.output.streams import say
from imagelint.core.report import ExitCode
from imagelint.evaluation.history import HistoryPoint, plot, table
from imagelint.store.promotions import evaluations, promotions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.store.promotions import EvaluationRecord, Promotion


def history_of(image: str, place: str, *, as_json: bool) -> int:
    """The exit code of showing what is known of an image: incomplete where nothing is."""
    repository, tag = named(image)
    with opened(place, create=False) as store:
        found = points(evaluations(store, repository), promotions(store, repository))
        shown = [one for one in found if tag in ("", one.tag)]
    if as_json:
        say(f"{json.dumps([one._asdict() for one in shown], indent=1)}\n")
    elif shown:
        say("".join(f"{line}\n" for line in (*table(shown), "", *plot(shown))))
    else:
        say(f"no evaluation of {repository} is kept\n")
    return ExitCode.PASS if shown else ExitCode.INCOMPLETE


def points(
    evaluated: Iterable[EvaluationRecord], promoted: Iterable[Promotion]
) -> Iterator[HistoryPoint]:
    """The evaluations, with the day on which their image was promoted, if it was."""
    days = {one.digest: one.at for one in promoted}
    for one in evaluated:
        yield HistoryPoint(
            one.at,
            one.tag,
            one.digest,
            one.outcome,
            days.get(one.digest, ""),
            values={measure.dimension: measure.value for measure in one.measures},
            thresholds={measure.dimension: measure.threshold for measure in one.measures},
            failed=tuple(each.dimension for each in one.measures if each.outcome == "fail"),
        )
