"""Metrics of model servers and GPUs: types, units, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.knowledge.tables import looked_up, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.knowledge.serving.forms import ExporterRow

_PARTS = {
    "counter": ("", "_created"),
    "gauge": ("",),
    "histogram": ("_bucket", "_sum", "_count", "_created"),
    "summary": ("", "_sum", "_count", "_created"),
    "varies": ("", "_bucket", "_sum", "_count", "_created"),
}
# A letter or two that are wrong.
_ALIKE = 0.93
_SUFFIXES = ("_bucket", "_sum", "_count", "_created", "_total")


class Exporter(NamedTuple):
    """What shows metrics; `engine` is empty where it is none.

    `read` are the first and the last release of which all names are known, none where that is not
    said; names that begin as one of `open` may be made by plug-ins. `bucket_flags` change the
    buckets of histograms.
    """

    name: str
    title: str
    engine: str
    prefixes: tuple[str, ...]
    open: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    bucket_flags: tuple[str, ...] = ()


class Metric(NamedTuple):
    """A metric; `type` is `counter`, `gauge`, `histogram`, `summary`, or `varies` by release.

    `unit` and `meaning` are empty where the table has none. `gone` is the release without it, or
    `yes` where that is not known; `instead` is the metric, or the expression, in its place.
    `since` is the first release with it, empty where it is not known. `kept_by` is the flag that
    has later releases than `gone` show it, empty where none does.
    `buckets` are all bounds that a histogram has in any release, none where they are not known.
    `router` is `only` where it is the engine's router that shows it, `too` where that does as well.
    """

    name: str
    type: str
    unit: str
    meaning: str
    deprecated: str
    since: str
    gone: str
    kept_by: str
    instead: str
    router: str
    buckets: tuple[float, ...]
    exporter: Exporter

    @property
    def series(self) -> tuple[str, ...]:
        """The names under which its samples are kept."""
        return tuple(f"{self.name}{part}" for part in _PARTS[self.type])


class BareMetric(NamedTuple):
    """What an engine shows under a name without prefix; `metric` is another exporter's for it."""

    engine: str
    metric: str


class SeriesLabel(NamedTuple):
    """A label of series: all `values` that it has (none: any), and what it is called by mistake.

    Where there are flags in `named_by`, it is the name under which the model is served, which they
    say, else the model itself.
    """

    label: str
    values: tuple[str, ...]
    mistaken: tuple[str, ...]
    named_by: tuple[str, ...]


class Series(NamedTuple):
    """What a name asks for: a metric, and the suffix that makes it one of its series.

    `exists` is false where the metric has no series of that name: a histogram without a suffix, a
    counter without `_total`.
    """

    metric: Metric
    suffix: str
    exists: bool


def exporter_of(name: str) -> Exporter | None:
    """What shows the metrics whose names begin as this one does."""
    for prefix, exporter in _prefixes():
        if name.startswith(prefix):
            return exporter
    return None


def is_metric(name: str) -> bool:
    """Whether a name begins as those of a known exporter do."""
    return exporter_of(name) is not None


def find_series(name: str) -> Series | None:
    """What a name asks for, None where the tables do not know it."""
    known = _metrics()
    found = known.get(name)
    if found is not None:
        return Series(found, "", found.type != "histogram")
    if f"{name}_total" in known and known[f"{name}_total"].type == "counter":
        return Series(known[f"{name}_total"], "", exists=False)
    for suffix in _SUFFIXES:
        base = known.get(name.removesuffix(suffix)) if name.endswith(suffix) else None
        if base is not None:
            return Series(base, suffix, suffix in _PARTS[base.type])
    return None


def served_metric(name: str) -> str:
    """The metric that an adapter seems to serve under a name; empty where none is known.

    Names of Kubernetes' metrics are written without the colon of an exporter's, with `_` instead.
    """
    if find_series(name) is not None:
        return name
    for prefix, _ in _prefixes():
        if prefix.endswith(":") and name.startswith(f"{prefix[:-1]}_"):
            told = prefix + name[len(prefix) :]
            found = find_series(told)
            if found is not None and found.exists:
                return told
    return ""


def short_metrics(name: str) -> tuple[Metric, ...]:
    """The metrics of all engines that have a name without the prefix of their exporter."""
    found = (_metrics().get(f"{prefix}{name}") for prefix, one in _prefixes() if one.engine)
    return tuple(one for one in found if one is not None)


@looked_up
def bare_metrics() -> Mapping[str, BareMetric]:
    """The metrics by names that have no prefix, and that others may have as well."""
    rows = table("metrics")["bare"]
    return {row["name"]: BareMetric(row["engine"], row["metric"]) for row in rows}


def bare_series(name: str) -> tuple[BareMetric | None, str]:
    """The metric without prefix that a name asks for, and the suffix that makes it a series."""
    known = bare_metrics()
    for suffix in ("", *_SUFFIXES):
        if name.endswith(suffix) and name.removesuffix(suffix) in known:
            return known[name.removesuffix(suffix)], suffix
    return None, ""


def near_metric(name: str) -> str:
    """The metric of the same exporter whose name must have been meant, empty where none is."""
    exporter = exporter_of(name)
    if exporter is None:
        return ""
    from difflib import get_close_matches

    # The share of letters that two names have in common is bounded by their lengths.
    length = len(name)
    words = [one for one in _words(exporter) if abs(len(one) - length) <= length * (1 - _ALIKE) * 2]
    return next(iter(get_close_matches(name, words, 1, _ALIKE)), "")


@looked_up
def _words(exporter: Exporter) -> tuple[str, ...]:
    """The names of all series that an exporter still has."""
    known = [one for one in _metrics().values() if one.exporter == exporter and not one.gone]
    return tuple(series for one in known for series in one.series)


@looked_up
def metric_meaning(engine: str, meaning: str, exporter: str = "") -> Metric | None:
    """The metric of an engine with a meaning; None where it has none.

    Of several exporters of the engine it is that of the one named, if that has one.
    """
    found = [
        one
        for one in _metrics().values()
        if one.meaning == meaning and one.exporter.engine == engine and not one.gone
    ]
    named = [one for one in found if one.exporter.name == exporter]
    return next(iter(named or found), None)


@looked_up
def engines_measuring(meaning: str) -> tuple[str, ...]:
    """The engines that have a metric with a meaning."""
    found = (one for one in _metrics().values() if one.meaning == meaning and not one.gone)
    return tuple(dict.fromkeys(one.exporter.engine for one in found if one.exporter.engine))


@looked_up
def shown_metric(engine: str, prefixes: tuple[str, ...], meaning: str) -> str:
    """The name of an engine's metric with a meaning, empty where it has none that is known.

    An engine that has none of its own may run another one, whose `prefixes` its metrics have.
    """
    own = metric_meaning(engine, meaning, engine)
    if own is not None:
        return own.name
    shown = (one for one in _metrics().values() if one.name.startswith(prefixes))
    return next((one.name for one in shown if one.meaning == meaning and not one.gone), "")


@looked_up
def _prefixes() -> tuple[tuple[str, Exporter], ...]:
    """The longest prefix first."""
    found = [
        (prefix, _exporter(row))
        for row in table("metrics")["exporters"]
        for prefix in row["prefixes"]
    ]
    return tuple(sorted(found, key=lambda one: -len(one[0])))


def _exporter(row: ExporterRow) -> Exporter:
    names = (row["name"], row["title"], row["engine"], tuple(row["prefixes"]))
    return Exporter(
        *names,
        tuple(row.get("open", ())),
        tuple(row.get("read", ())),
        tuple(row.get("bucket_flags", ())),
    )


@looked_up
def _metrics() -> Mapping[str, Metric]:
    found: dict[str, Metric] = {}
    for row in table("metrics")["exporters"]:
        exporter = _exporter(row)
        for one in row["metrics"]:
            found[one["name"]] = Metric(
                name=one["name"],
                type=one["type"],
                unit=one.get("unit", ""),
                meaning=one.get("meaning", ""),
                deprecated=one.get("deprecated", ""),
                since=one.get("since", ""),
                gone=one.get("gone", ""),
                kept_by=one.get("kept_by", ""),
                instead=one.get("instead", ""),
                router=one.get("router", ""),
                buckets=tuple(one.get("buckets", ())),
                exporter=exporter,
            )
    return found


@looked_up
def labels_of(metric: Metric) -> tuple[SeriesLabel, ...]:
    """What is known of the labels of a metric's series."""
    return tuple(
        SeriesLabel(
            row["label"],
            tuple(row["values"]),
            tuple(row["mistaken"]),
            named_by=tuple(row["named_by"]),
        )
        for row in table("metrics")["labels"]
        if row["exporter"] == metric.exporter.name
        and (not row["metrics"] or metric.name in row["metrics"])
    )
