"""What is judged in values that nobody here renders a chart with: containers, and images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.gitops.chartpods import values_pods
from imagelint.documents.gitops.valueimages import value_images
from imagelint.documents.kubernetes.manifest import pod_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.documents.yaml.cursor import Cursor


def value_nodes(values: Cursor, chart: str = "") -> Iterator[Node]:
    """The containers of a known chart and what stands in them, and all other images.

    Without the name of the chart, it is the one which the values tell by themselves.
    """
    pods = values_pods(values, chart)
    images = (container.image for pod in pods for container in pod.containers)
    named = {image.span for image in images if image is not None}
    for pod in pods:
        yield from pod_nodes(pod)
    yield from (image for image in value_images(values) if image.span not in named)
