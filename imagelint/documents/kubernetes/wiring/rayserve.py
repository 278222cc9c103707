"""Autoscalers of Ray Serve, which set how many copies of a model a RayService runs.

https://docs.ray.io/en/latest/serve/autoscaling-guide.html; ray-project/ray:
python/ray/serve/config.py (AutoscalingConfig), read in November 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.documents.kubernetes.pods.applications import read_applications
from imagelint.documents.runtime.field import Place
from imagelint.documents.serving.scaling import Autoscaler, Signal
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.nodes import Mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject

RAY_SERVICE = "RayService"
_SETTINGS = "autoscaling_config"


def serve_autoscalers(obj: KubernetesObject) -> Iterator[Autoscaler]:
    """What scales the models of a RayService, each apart from the others."""
    root = read_applications(obj)
    if root is None:
        return
    for number, application in enumerate(Cursor(root)["applications"].items()):
        arguments = application["args"]
        configs = [*arguments["llm_configs"].items(), arguments["llm_config"]]
        places = [config.at("deployment_config", _SETTINGS) for config in configs]
        for index, place in enumerate(places):
            if isinstance(place.node, Mapping):
                yield _autoscaler(obj, place, f"{number}.{index}")


def _autoscaler(obj: KubernetesObject, place: Cursor, part: str) -> Autoscaler:
    floor = place["min_replicas"]
    least = floor.integer()
    return Autoscaler(
        span=place.key_span,
        kind=obj.kind,
        name=obj.name,
        namespace=obj.namespace,
        target_kind=Known(obj.kind),
        target_name=Known(obj.name),
        minimum=Known(1) if least is ABSENT else least,
        idle=ABSENT,
        maximum=UNKNOWN,  # of copies, each of which may take several pods
        signals=(Signal(place.key_span, "requests", obj.path),),
        floor=floor,
        idle_place=Place(obj.span, obj.path),
        path=obj.path,
        annotations=obj.annotations,
        part=part,
    )
