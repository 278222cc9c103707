"""The configuration of a Prometheus server: whom it asks for metrics.

https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.base import Document
from imagelint.documents.quantity import parse_count
from imagelint.documents.yaml.comments import comment_allowances
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import duplicate_complaints, read_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.fact import Fact
    from imagelint.core.source import Source, Span
    from imagelint.documents.base import Node

# What may have another address, or path, asked than is written.
_REWRITTEN = ("__address__", "__metrics_path__")
_PORTS = {"": 80, "http": 80, "https": 443}


class ScrapeTarget(NamedTuple):
    """An address that is asked for metrics: `host`, and the number of its port.

    `url_path` is the path, absent where it is the default, `path_place` where it is written.
    """

    span: Span
    job: str
    host: str
    port: int
    url_path: Fact[str]
    path_place: Node
    path: str


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
            for job in root["scrape_configs"].items():
                yield from _targets(job)


def parse_prometheus(source: Source) -> PrometheusConfig:
    """Read the configuration of a Prometheus server.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    return PrometheusConfig(source)


def _targets(job: Cursor) -> Iterator[ScrapeTarget]:
    rewritten = (one["target_label"].word() for one in job["relabel_configs"].items())
    if any(label in _REWRITTEN for label in rewritten):
        return
    path = job["metrics_path"]
    scheme = job["scheme"].word()
    for group in job["static_configs"].items():
        if any(label in _REWRITTEN for label, _ in group["labels"].entries()):
            continue
        for place in group["targets"].items():
            fact = place.text()
            host, _, port = fact.value.partition(":") if isinstance(fact, Known) else ("", "", "")
            number = parse_count(port) if port else _PORTS.get(scheme)
            if host and number:
                yield ScrapeTarget(
                    place.span,
                    job=job["job_name"].word(),
                    host=host,
                    port=number,
                    url_path=path.text(),
                    path_place=path if path.exists else place,
                    path=place.path,
                )
