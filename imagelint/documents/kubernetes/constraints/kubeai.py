"""What KubeAI wants of a `Model`, besides the words of its fields.

Sources: kubeai-project/kubeai:api/k8s/v1/model_types.go,
internal/modelcontroller/model_controller.go (getModelConfig)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.complaints import InvalidValue
from imagelint.documents.kubernetes.constraints import unions
from imagelint.documents.kubernetes.constraints.scaling import bounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Complaint
    from imagelint.documents.kubernetes.constraints.rules import Held
    from imagelint.documents.yaml.cursor import Cursor

_CACHED = ("gs://", "oss://")
"""Models from there are only loaded into a cache."""
_PROFILE = pattern(r"[^:]*:[+-]?[0-9]+")


def model(held: Held) -> Iterator[Complaint]:
    """What is wanted of the `spec` of a Model."""
    place = held.place
    yield from bounds(held)
    yield from _profile(place["resourceProfile"])
    url = place["url"].word()
    if held.whole and url.startswith(_CACHED) and not unions.is_there(place["cacheProfile"]):
        message = f"a model from `{url.partition('//')[0]}//` has no `cacheProfile`"
        yield unions.missing(place["url"], message, "write the `cacheProfile`")


def _profile(place: Cursor) -> Iterator[Complaint]:
    fact = place.text()
    if isinstance(fact, Known) and fact.value and not _PROFILE.fullmatch(fact.value):
        message = f"`{fact.value}` does not say how many of that profile"
        yield InvalidValue(place.span, place.path, message, f"write `{fact.value}:1`, or more")
