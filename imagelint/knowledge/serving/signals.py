"""Which metric of an engine answers which signal of a scorecard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from imagelint.knowledge.serving.forms import SignalRow

Pairs: TypeAlias = tuple[tuple[str, str], ...]


class SignalMetric(NamedTuple):
    """A metric that answers a signal: see `signals.toml`.

    `metric` is its name without the suffixes of a histogram. `where` and `unless` are names of
    labels with patterns of their whole values.
    """

    engine: str
    signal: str
    shape: Literal["histogram", "gauge", "ratio"]
    metric: str
    where: Pairs = ()
    unless: Pairs = ()
    per: tuple[str, ...] = ()
    scale: float = 1.0
    sparse: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the series that are read, those of a histogram's buckets among them."""
        return (f"{self.metric}_bucket",) if self.shape == "histogram" else (self.metric, *self.per)

    @property
    def native(self) -> str:
        """The name of the series where its histogram is a native one; empty for anything else."""
        return self.metric if self.shape == "histogram" else ""


@looked_up
def signal_metrics() -> tuple[SignalMetric, ...]:
    """All of them, those of one engine and signal in the order in which they are tried."""
    return tuple(map(_metric, table("signals")["signals"]))


@looked_up
def scored_engines() -> tuple[str, ...]:
    """The engines whose metrics are known."""
    return tuple(dict.fromkeys(one.engine for one in signal_metrics()))


def metrics_of(engine: str, signal: str) -> tuple[SignalMetric, ...]:
    """The metrics of an engine that answer a signal, the newest name first; none: it has none."""
    return tuple(one for one in signal_metrics() if (one.engine, one.signal) == (engine, signal))


def _metric(row: SignalRow) -> SignalMetric:
    return SignalMetric(
        engine=row["engine"],
        signal=row["signal"],
        shape=row["shape"],
        metric=row["metric"],
        where=tuple(row.get("where", {}).items()),
        unless=tuple(row.get("unless", {}).items()),
        per=tuple(row.get("per", ())),
        scale=row.get("scale", 1.0),
        sparse=row.get("sparse", False),
    )
