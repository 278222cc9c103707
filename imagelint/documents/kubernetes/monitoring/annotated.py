"""Annotations by which pods and Services are asked for their metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.quantity import parse_count
from imagelint.documents.runtime.field import Field

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.wiring.nodes import Service
    from imagelint.documents.yaml.cursor import Cursor

_SCRAPE = "prometheus.io/scrape"
_PORT, _PATH = "prometheus.io/port", "prometheus.io/path"


def scraped_port(asked: Pod | Service) -> Field[int] | None:
    """The port on which pods are asked; None where none is, or its number is not known.

    A habit of Prometheus' example for Kubernetes, which most installations follow:
    prometheus/prometheus:documentation/examples/prometheus-kubernetes.yml
    """
    annotations = _annotations(asked)
    place = annotations[_PORT]
    port = parse_count(place.word())
    if annotations[_SCRAPE].word() != "true" or not port:
        return None
    return Field(Known(port, place.span), place)


def scraped_path(asked: Pod | Service) -> Field[str] | None:
    """The path under which pods are asked, absent for the usual one; None where none is asked.

    Its place is that of the annotation, or of the one that has them asked.
    """
    annotations = _annotations(asked)
    scrape, place = annotations[_SCRAPE], annotations[_PATH]
    if scrape.word() != "true":
        return None
    return Field(place.text(), place if place.exists else scrape)


def _annotations(asked: Pod | Service) -> Cursor:
    holder = asked.template if isinstance(asked, Pod) else asked.body
    return holder.at("metadata", "annotations")
