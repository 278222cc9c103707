"""How controllers of routes are told how long to wait, and which of them are at their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Mapping


class TimeoutAnnotation(NamedTuple):
    """The annotation of an Ingress that says how long its controller waits.

    `form` is how a time is written there (`seconds`, `nginx`, `haproxy`, `suffixed`, `envoy`),
    `limits` what it limits (`total`, `idle`), `example` how ten minutes are written, `default` what
    holds without it, in seconds.
    """

    annotation: str
    form: str
    limits: str
    example: str
    default: float


class RetiredController(NamedTuple):
    """A controller that nobody mends since the end of a month, `YYYY-MM`."""

    title: str
    ended: str


@looked_up
def timeout_annotations() -> Mapping[str, TimeoutAnnotation]:
    """By the controller: the annotation that says how long it waits."""
    return {
        row["controller"]: TimeoutAnnotation(
            row["annotation"], row["form"], row["limits"], row["example"], float(row["default"])
        )
        for row in table("routes")["annotated"]
    }


@looked_up
def _defaults() -> Mapping[str, float]:
    return {row["controller"]: float(row["default"]) for row in table("routes")["defaults"]}


def default_timeout(controller: str) -> float:
    """How long a controller waits of which no annotation tells, in seconds; endless if unknown."""
    return _defaults().get(controller, float("inf"))


@looked_up
def second_annotations() -> tuple[str, ...]:
    """The annotations that are a whole number of seconds, without a unit."""
    return tuple(row["annotation"] for row in table("routes")["seconds"])


def retired_controller(controller: str) -> RetiredController | None:
    """What is known of the end of a controller; None of one that is maintained."""
    for row in table("routes")["retired"]:
        if row["controller"] == controller:
            return RetiredController(row["title"], row["ended"])
    return None
