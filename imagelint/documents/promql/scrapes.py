"""The configuration of a Prometheus server: whom it asks for metrics.

https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.base import Document, Landmark
from imagelint.documents.promql.durations import in_seconds
from imagelint.documents.quantity import parse_count
from imagelint.documents.runtime.field import Place
from imagelint.documents.yaml.comments import comment_allowances
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import duplicate_complaints, read_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.fact import Fact
    from imagelint.core.source import Source, Span
    from imagelint.documents.base import Key, Node
    from imagelint.documents.mapped import MappedText
    from imagelint.documents.yaml.nodes import Scalar

# What may have another address, or path, asked than is written.
_REWRITTEN = ("__address__", "__metrics_path__")
# `<service>.<namespace>.svc.cluster.local`
_CLUSTER = ".svc."
_EVERY, _DEFAULT_SECONDS = "scrape_interval", 60.0
INTERVALS: Key = ("scrape intervals",)
"""The key of how often files of Prometheus have it ask."""
SCRAPING = "scrape_configs"
"""A word that stands in each of them."""
_PORTS = {"": 80, "http": 80, "https": 443}
_YAML = (".yml", ".yaml")
# https://github.com/open-telemetry/opentelemetry-collector-contrib: receiver/prometheusreceiver
_RECEIVER = "prometheus"


class _Keys(NamedTuple):
    """How a job's settings are called."""

    name: str
    path: str
    groups: str
    relabelings: str
    label: str


_OF_A_FILE = _Keys("job_name", "metrics_path", "static_configs", "relabel_configs", "target_label")
# https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1alpha1.ScrapeConfig
_OF_AN_OBJECT = _Keys("jobName", "metricsPath", "staticConfigs", "relabelings", "targetLabel")


class ScrapeTarget(NamedTuple):
    """An address that is asked for metrics: `host`, and the number of its port.

    `url_path` is the path, absent where it is the default, `path_place` where it is written, and
    `path_key` the key for it. `namespace` is that of the object which holds the job: empty where it
    has none, None where a file does.
    """

    span: Span
    job: str
    host: str
    port: int
    url_path: Fact[str]
    path_place: Node
    path_key: str
    path: str
    namespace: str | None

    @property
    def is_of_a_cluster(self) -> bool:
        """Whether the host is the name of a Service of Kubernetes, if it is anybody's here."""
        return self.namespace is not None or _CLUSTER in f"{self.host}."


class ScrapeInterval(NamedTuple):
    """How many seconds there are between two requests of the job of a file that asks most often."""

    span: Span
    path: str
    seconds: float


class PrometheusConfig(Document):
    """The jobs of a Prometheus server, as far as they name whom they ask."""

    kind = "prometheus"
    __slots__ = ("roots",)

    def __init__(self, source: Source) -> None:
        stream = read_stream(source, self.kind)
        super().__init__(
            source,
            complaints=duplicate_complaints(stream),
            allowances=comment_allowances(source, stream.documents),
        )
        self.roots = tuple(map(Cursor, stream.documents))

    def nodes(self) -> Iterator[Node]:
        """Each address that is asked."""
        for root in self.roots:
            yield from scrape_targets(root)

    def landmarks(self) -> Iterator[Landmark]:
        """What is found in it from elsewhere, and how often it asks."""
        yield from super().landmarks()
        for root in self.roots:
            found = _interval(root)
            if found is not None:
                yield Landmark(INTERVALS, found)


def _interval(root: Cursor) -> ScrapeInterval | None:
    """How often the busiest job asks; None where one is not told whole."""
    jobs = root["scrape_configs"]
    default = root["global"][_EVERY]
    places = [one[_EVERY] if one[_EVERY].exists else default for one in jobs.items()]
    told = [in_seconds(one.word()) if one.exists else _DEFAULT_SECONDS for one in places]
    known = [one for one in told if one]
    if not known or len(known) < len(told) or root["scrape_config_files"].exists:
        return None
    return ScrapeInterval(jobs.span, jobs.path, min(known))


def parse_prometheus(source: Source) -> PrometheusConfig:
    """Read the configuration of a Prometheus server.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    return PrometheusConfig(source)


def scrape_targets(
    root: Cursor, namespace: str | None = None, within: MappedText | None = None
) -> Iterator[ScrapeTarget]:
    """Each address that settings have asked, be they Prometheus' or OpenTelemetry's collector's.

    `within` is the text that they are in, where that stands in another one.
    """
    told = [root]
    told += [one["config"] for key, one in root["receivers"].entries() if _is_receiver(key)]
    for settings in told:
        for job in settings["scrape_configs"].items():
            yield from _targets(job, _OF_A_FILE, namespace, within)


def object_targets(spec: Cursor, namespace: str) -> Iterator[ScrapeTarget]:
    """Each address that a `ScrapeConfig` of prometheus-operator has asked."""
    return _targets(spec, _OF_AN_OBJECT, namespace, None)


def held_targets(scalar: Scalar, path: str, name: str, namespace: str) -> Iterator[Node]:
    """The addresses that are asked by a file of a name which is the value of a scalar.

    What is called as a file of YAML and is none cannot be read; the rest may be a script, or prose.
    """
    from imagelint.documents.promql.query import UnreadQuery
    from imagelint.documents.yaml.load import YamlError, read_yaml
    from imagelint.documents.yaml.text import map_scalar

    mapped = map_scalar(scalar)
    try:
        documents = read_yaml(scalar.text).documents
    except YamlError:
        if name.endswith(_YAML):
            yield UnreadQuery(mapped.span, "the scrape jobs here are not YAML that can be read")
        return
    for node in documents:
        yield from scrape_targets(Cursor(node, path), namespace, mapped)


def _is_receiver(key: str) -> bool:
    """Whether a receiver of OpenTelemetry's collector asks as Prometheus does."""
    return key.partition("/")[0] == _RECEIVER


def _targets(
    job: Cursor, keys: _Keys, namespace: str | None, within: MappedText | None
) -> Iterator[ScrapeTarget]:
    rewritten = (one[keys.label].word() for one in job[keys.relabelings].items())
    if any(label in _REWRITTEN for label in rewritten):
        return
    path = job[keys.path]
    scheme = job["scheme"].word().lower()
    for group in job[keys.groups].items():
        if any(label in _REWRITTEN for label, _ in group["labels"].entries()):
            continue
        for place in group["targets"].items():
            fact = place.text()
            host, _, port = fact.value.partition(":") if isinstance(fact, Known) else ("", "", "")
            number = parse_count(port) if port else _PORTS.get(scheme)
            if host and number:
                at = _place(place, within)
                yield ScrapeTarget(
                    at.span,
                    job=job[keys.name].word(),
                    host=host,
                    port=number,
                    url_path=path.text(),
                    path_place=_place(path, within) if path.exists else at,
                    path_key=keys.path,
                    path=place.path,
                    namespace=namespace,
                )


def _place(place: Cursor, within: MappedText | None) -> Place:
    span = place.span if within is None else within.place(*place.span)
    return Place(span, place.path)
