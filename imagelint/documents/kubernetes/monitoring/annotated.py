"""Annotations by which pods and Services are asked for their metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.kubernetes.objects import Pod
from imagelint.documents.quantity import parse_count
from imagelint.documents.runtime.field import Field

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.wiring.nodes import Service

_SCRAPE, _PORT = "prometheus.io/scrape", "prometheus.io/port"


def scraped_port(asked: Pod | Service) -> Field[int] | None:
    """The port on which pods are asked; None where none is, or its number is not known.

    A habit of Prometheus' example for Kubernetes, which most installations follow:
    prometheus/prometheus:documentation/examples/prometheus-kubernetes.yml
    """
    holder = asked.template if isinstance(asked, Pod) else asked.body
    annotations = holder.at("metadata", "annotations")
    place = annotations[_PORT]
    port = parse_count(place.word())
    if annotations[_SCRAPE].word() != "true" or not port:
        return None
    return Field(Known(port, place.span), place)
