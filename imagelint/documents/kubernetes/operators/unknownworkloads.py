"""Objects of operators that nobody knows: whether pods are made of them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.kubernetes.identity import is_own
from imagelint.documents.yaml.nodes import Mapping, Scalar
from imagelint.knowledge.kubernetes.operators import knows_group

if TYPE_CHECKING:
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.cursor import Cursor

_DEEPEST = 4
_WRAPPED = "value"  # Run:ai writes `image: {value: …}`
_MOST = 400  # places of one object
_MODEL = pattern(r"(?:base|hf|llm)?model(?:s|id|name|uri|url|path|source|tag|config|spec|repo)?")
_IMAGE = pattern(r"(?:\w*image(?:name|ref|url|uri|repository)?)")
_GPUS = pattern(
    r"(?:num|n)?gpus?(?:s|count|num|number|type|spernode|pernode|perreplica|product|resource)?"
    r"|accelerators?(?:count|type|spec|perreplica)?|[\w.-]+/(?:gpu|mig-[\w.-]+|tpu|npu)"
)
_LISTS = frozenset(
    {"components", "engines", "models", "runtimes", "servers", "services", "workers"}
)
"""Keys whose items are what is run: those of others are conditions, flavours, rules."""
_RUNS = pattern(
    r"args|arguments|command|cmd|engine(?:args|config|type)?|workers|resources"
    r"|tensorparallel(?:size|ism)?|tp(?:size)?|servingengine|(?:serving)?runtime"
)


def looks_run(obj: KubernetesObject) -> bool:
    """Whether an operator seems to make pods of an object: it names what a server is made of.

    That is a model, or an image, with GPUs, arguments and the like. Objects of operators that have
    a table are told there.
    """
    if is_own(obj) or not obj.group or obj.incomplete or knows_group(obj.group):
        return False
    named: set[str] = set()
    pending = [(obj.body["spec"], 0)]
    for _ in range(_MOST):
        if not pending:
            break
        place, depth = pending.pop()
        for key, inner in place.entries():
            named |= _signs(key, inner)
            if depth < _DEEPEST and isinstance(inner.node, Mapping):
                pending.append((inner, depth + 1))
            elif depth < _DEEPEST and key in _LISTS:
                listed = (one for one in inner.items() if isinstance(one.node, Mapping))
                pending += [(one, depth + 1) for one in islice(listed, _MOST)]
    if named & {"gpus", "runs"}:
        return bool(named & {"model", "image"})
    return {"image", "copies"} <= named


def _signs(key: str, place: Cursor) -> set[str]:
    """What a key with a value says of an object."""
    if [name for name, _ in place.entries()] == [_WRAPPED]:
        place = place[_WRAPPED]
    plain = key.lower().replace("_", "").replace("-", "") if "/" not in key else key.lower()
    if place.null or not place.exists:
        return set()
    if _GPUS.fullmatch(plain):
        return {"gpus"}
    if _RUNS.fullmatch(plain):
        return {"runs"}
    if plain.endswith("replicas"):
        return {"copies"}
    if _MODEL.fullmatch(plain):
        return {"model"}
    told = isinstance(place.node, Scalar) and ("/" in place.node.text or ":" in place.node.text)
    return {"image"} if told and _IMAGE.fullmatch(plain) else set()
