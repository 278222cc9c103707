"""How an object replaces its pods by new ones: Deployments, and Rollouts of Argo.

https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy;
argoproj/argo-rollouts:docs/features/specification.md
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.record import NamedTuple
from imagelint.documents.quantity import parse_count
from imagelint.documents.runtime.field import Field

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.yaml.cursor import Cursor

_KINDS = frozenset((("apps", "Deployment"), ("argoproj.io", "Rollout")))
_SHARE = "25%"
_DEADLINE = 600.0


class PodReplacement(NamedTuple):
    """How the pods of an object are replaced.

    `type` is `RollingUpdate`, `Recreate`, `canary` or `blueGreen`, with its place. `surge` and
    `unavailable` count pods, unknown where that depends on what is not seen. `replicas` are those
    that are wanted. `deadline` are seconds until a replacement without progress has failed.
    """

    type: Field[str]
    surge: Fact[int]
    unavailable: Fact[int]
    replicas: Fact[int]
    deadline: Field[float]


def pod_replacement(pod: Pod) -> PodReplacement | None:
    """How the pods like this one are replaced, None where another kind of object holds them."""
    owner = pod.owner
    if (owner.group, owner.kind) not in _KINDS or owner.incomplete:
        return None
    spec = owner.body["spec"]
    strategy = spec["strategy"]
    replicas: Fact[int] = Known(1) if pod.replicas is ABSENT else pod.replicas
    limit = spec["progressDeadlineSeconds"]
    deadline = limit.number()
    rolling = strategy["rollingUpdate"]
    return PodReplacement(
        _type(strategy),
        _pods(rolling["maxSurge"], replicas, ceil),
        _pods(rolling["maxUnavailable"], replicas, floor),
        replicas,
        Field(
            Known(_DEADLINE) if deadline is ABSENT else deadline, spec["progressDeadlineSeconds"]
        ),
    )


def _type(strategy: Cursor) -> Field[str]:
    for name in ("canary", "blueGreen"):
        if strategy[name].exists:
            return Field(Known(name, strategy[name].key_span), strategy[name])
    place = strategy["type"]
    fact = place.text()
    return Field(Known("RollingUpdate") if fact is ABSENT else fact, place)


def _pods(place: Cursor, replicas: Fact[int], rounded: Callable[[float], int]) -> Fact[int]:
    """A number of pods, or a share of those that are wanted."""
    fact = place.text()
    text = _SHARE if fact is ABSENT else fact.value if isinstance(fact, Known) else ""
    span = fact.span if isinstance(fact, Known) else None
    number = parse_count(text.removesuffix("%"))
    if number is None:
        return UNKNOWN
    if not text.endswith("%"):
        return Known(number, span)
    if not isinstance(replicas, Known):
        return UNKNOWN
    return Known(rounded(number * replicas.value / 100), span)
