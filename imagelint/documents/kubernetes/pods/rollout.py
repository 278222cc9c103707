"""How an object replaces its pods by new ones: Deployments, Rollouts of Argo, groups of pods.

https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy;
argoproj/argo-rollouts:docs/features/specification.md, docs/features/bluegreen.md,
docs/features/canary/index.md (with `trafficRouting` all old pods stay until the end);
kubernetes-sigs/lws:api/leaderworkerset/v1/leaderworkerset_types.go, pkg/webhooks/
leaderworkerset_webhook.go (a LeaderWorkerSet replaces whole groups)
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known, value_or
from imagelint.core.record import NamedTuple
from imagelint.documents.kubernetes.pods.shapes import is_group, is_rollout, leads_group
from imagelint.documents.quantity import parse_count
from imagelint.documents.runtime.field import Field, Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from imagelint.documents.base import Node
    from imagelint.documents.kubernetes.objects import Pod
    from imagelint.documents.yaml.cursor import Cursor

_ONE_BY_ONE = ("RollingUpdate", "canary")
_DEPLOYMENT = ("apps", "Deployment")
_SHARE = "25%"
_DEADLINE = 600.0


class PodReplacement(NamedTuple):
    """How the pods of an object are replaced.

    `type` is `RollingUpdate`, `Recreate`, `canary` or `blueGreen`, with its place. `surge` and
    `unavailable` count pods, unknown where that depends on what is not seen; `begins` is where
    the first of them is written, the place of the type where a default counts. `replicas` are those
    that are wanted. `deadline` are seconds until a replacement without progress has failed.
    `doubled` tells that all new pods run before the old ones go, `stepwise` that it goes by steps,
    `grouped` that what is replaced and counted are groups of pods.
    """

    type: Field[str]
    surge: Fact[int]
    unavailable: Fact[int]
    replicas: Fact[int]
    deadline: Field[float]
    begins: Node
    doubled: bool = False
    stepwise: bool = False
    grouped: bool = False

    @property
    def one_by_one(self) -> str:
        """How an object of its kind is told to make room before it makes anything new."""
        numbers = "{maxSurge: 0, maxUnavailable: 1}"
        if self.grouped:
            return f"rolloutStrategy: {{rollingUpdateConfiguration: {numbers}}}"
        canary = value_or(self.type.value, "") in ("canary", "blueGreen")
        return f"strategy: {{{'canary' if canary else 'rollingUpdate'}: {numbers}}}"

    @property
    def pods_before(self) -> int:
        """For how many new pods there must be room before an old one goes, 0 if not known."""
        wanted = value_or(self.replicas, 0 if self.doubled else 1)
        if self.doubled or not wanted:
            return wanted
        if value_or(self.type.value, "") not in _ONE_BY_ONE:
            return 0
        return int(value_or(self.surge, 0) > 0 and value_or(self.unavailable, 1) == 0)


def pod_replacement(pod: Pod) -> PodReplacement | None:
    """How the pods like this one are replaced, None where another kind of object holds them."""
    owner = pod.owner
    if is_group(owner):
        return _group_replacement(pod)
    argo = is_rollout(owner)
    if not (argo or (owner.group, owner.kind) == _DEPLOYMENT) or owner.incomplete:
        return None
    spec = owner.body["spec"]
    strategy = spec["strategy"]
    replicas: Fact[int] = Known(1) if pod.replicas is ABSENT else pod.replicas
    limit = spec["progressDeadlineSeconds"]
    deadline = limit.number()
    canary = strategy["canary"]
    rolling = canary if argo else strategy["rollingUpdate"]
    routed, shrinks = canary["trafficRouting"].exists, canary["dynamicStableScale"].exists
    doubled = argo and (strategy["blueGreen"].exists or (routed and not shrinks))
    kind = _type(strategy, argo=argo)
    return PodReplacement(
        kind,
        UNKNOWN if routed else _pods(rolling["maxSurge"], replicas, ceil),
        UNKNOWN if routed else _pods(rolling["maxUnavailable"], replicas, floor),
        replicas,
        Field(
            Known(_DEADLINE) if deadline is ABSENT else deadline, spec["progressDeadlineSeconds"]
        ),
        begins=kind if doubled or not rolling["maxSurge"].exists else rolling["maxSurge"],
        doubled=doubled,
        stepwise=canary["steps"].exists,
    )


def _group_replacement(pod: Pod) -> PodReplacement | None:
    """How groups are replaced, told of the pods that lead them."""
    spec = pod.owner.body["spec"]
    if pod.owner.incomplete or not leads_group(pod.owner, pod.template):
        return None
    strategy, replicas = spec["rolloutStrategy"], spec["replicas"].integer()
    replicas = Known(1) if replicas is ABSENT else replicas
    rolling = strategy["rollingUpdateConfiguration"]
    kind = _type(strategy, argo=False)
    return PodReplacement(
        kind,
        _pods(rolling["maxSurge"], replicas, ceil, "0"),
        _pods(rolling["maxUnavailable"], replicas, floor, "1"),
        replicas,
        Field(UNKNOWN, spec),
        begins=rolling["maxSurge"] if rolling["maxSurge"].exists else kind,
        grouped=True,
    )


def _type(strategy: Cursor, *, argo: bool) -> Field[str]:
    if argo:
        ways = (strategy["canary"], strategy["blueGreen"])
        place = next((one for one in ways if one.exists), strategy)
        if place is strategy:
            return Field(UNKNOWN, strategy)
        return Field(Known(place.key, place.key_span), Place(place.key_span, place.path))
    place = strategy["type"]
    fact = place.text()
    return Field(Known("RollingUpdate") if fact is ABSENT else fact, place)


def _pods(
    place: Cursor, replicas: Fact[int], rounded: Callable[[float], int], default: str = _SHARE
) -> Fact[int]:
    """A number of pods, or a share of those that are wanted."""
    fact = place.text()
    text = default if fact is ABSENT else fact.value if isinstance(fact, Known) else ""
    span = fact.span if isinstance(fact, Known) else None
    number = parse_count(text.removesuffix("%"))
    if number is None:
        return UNKNOWN
    if not text.endswith("%"):
        return Known(number, span)
    if not isinstance(replicas, Known):
        return UNKNOWN
    return Known(rounded(number * replicas.value / 100), span)
