"""Manifests that are the value of a key in a ConfigMap: what a job or an operator applies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError, Embedded
from imagelint.documents.serving.startscript import map_scalar
from imagelint.documents.yaml.nodes import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from imagelint.documents.kubernetes.manifest import Manifest
    from imagelint.documents.kubernetes.objects import KubernetesObject

_API_VERSION = pattern(r"^apiVersion[ \t]*:[ \t]*\S", re.MULTILINE)
_KIND = pattern(r"^kind[ \t]*:[ \t]*\S", re.MULTILINE)
_MOST = 50
"""Manifests of one document that are read as texts."""


def textual_manifests(
    objects: Iterable[KubernetesObject], source: Source, parse: Callable[[Source], Manifest]
) -> Iterator[Embedded]:
    """The manifests with pods that ConfigMaps hold, each at its key.

    What is no YAML is the template of somebody else, who fills it in.
    """
    values = (
        place
        for obj in objects
        if obj.kind == "ConfigMap" and obj.is_own
        for _, place in obj.body["data"].entries()
        if isinstance(place.node, Scalar)
        and _API_VERSION.search(place.node.text)
        and _KIND.search(place.node.text)
    )
    for _, place in zip(range(_MOST), values, strict=False):
        if not isinstance(place.node, Scalar):
            continue
        try:
            inner = parse(Source(source.origin, place.node.text))
        except DocumentError:
            continue
        if inner.pods:
            yield Embedded(inner, map_scalar(place.node), place.path)
