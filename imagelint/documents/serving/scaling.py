"""What scales model servers and what leads to them, whatever kind of object says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.quantity import parse_count, parse_duration

if TYPE_CHECKING:
    from imagelint.core.fact import Fact
    from imagelint.core.source import Span
    from imagelint.documents.base import Node
    from imagelint.documents.runtime.field import Field


class Signal(NamedTuple):
    """What an autoscaler looks at.

    `type` is `cpu`, `memory`, `external`, `pods`, `object`, `prometheus`, `cron` or another type
    of trigger in lower case, `concurrency`, `rps`; empty when it is unknown.
    """

    span: Span
    type: str
    path: str


SIGNS_OF_SCALERS = ("scal", "Scal")
"""Pieces of text of which one is written wherever an autoscaler looks at metrics."""


class Autoscaler(NamedTuple):
    """A HorizontalPodAutoscaler, a ScaledObject of KEDA, or a workload that scales itself.

    `kind` is that of the object, `Knative` for a service of Knative. A documented default stands
    in `minimum` and `maximum` as a known value without a span. `idle` is the number of replicas
    when nothing triggers, absent where the kind knows none, `idle_place` its place. `floor` is the
    place of the minimum, be it absent. `path` is that of the object, `annotations` are its own.
    `behaves` tells that it says, or may say, how replicas are taken away; `cooldown` is how long
    KEDA waits before the last one goes. `part` is the part of the target that it scales, where it
    has parts with replicas of their own; empty for all of it.
    """

    span: Span
    kind: str
    name: str
    namespace: str
    target_kind: Fact[str]
    target_name: Fact[str]
    minimum: Fact[int]
    idle: Fact[int]
    maximum: Fact[int]
    signals: tuple[Signal, ...]
    floor: Node
    idle_place: Node
    path: str
    annotations: tuple[tuple[str, str], ...] = ()
    behaves: bool = True
    cooldown: Field[int] | None = None
    part: str = ""


class Timeout(NamedTuple):
    """How long a route waits.

    `meaning` is `total` for the whole answer, `idle` for the time between two parts of it.
    `seconds` is infinite where the written value switches the limit off, and known without a span
    where it is the default of the controller. `advice` is how 600 s are written there.
    """

    span: Span
    advice: str
    seconds: Fact[float]
    meaning: str
    path: str


class RouteSetting(NamedTuple):
    """What a route is told besides its timeouts.

    `what` is `malformed` for a time that its controller does not read, `retried` for requests that
    are sent again once the server works on them, `buffered` for answers that are kept back until
    they are complete, `limited` for the size of a request, which is `amount` bytes. `written` is
    what stands there, `meant` how it is right, empty where that is not known, `wants` what a time
    has to be there. What is the default of the controller has a `written` that is empty. `bare`
    tells that words are written there without quotes, as YAML does not need.
    """

    span: Span
    path: str
    what: str
    field: str
    written: str
    meant: str = ""
    amount: float = 0.0
    wants: str = ""
    bare: bool = False


class Route(NamedTuple):
    """A way in from outside: an Ingress, one rule of an HTTPRoute or VirtualService, a policy.

    `controller` is `nginx`, `alb`, `gke`, `istio`, `traefik` …, or empty when it is not told.
    `backends` are the names of Services with their ports as written; empty for a `BackendConfig`,
    which Services name in an annotation; `pools` are the names of InferencePools. What is only said
    of other routes names these in `through`, by kind and name, and these name in `attached` what is
    said of them. `own_pods` tells that the object makes the pods to which it leads.

    What a proxy is told in a language of its own leads to `upstreams`, hosts with their ports as
    written. It is `partial` where another file, which includes it, may say more. `heeds_server`
    tells that the proxy does not buffer what a server asks it not to.

    Of a route that says so itself, `guarded` tells that something before it may ask who comes, and
    `limited` that it is open to some addresses, or on ways in that are not known to be open to all.
    """

    span: Span
    kind: str
    name: str
    namespace: str
    controller: str
    timeouts: tuple[Timeout, ...]
    backends: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]
    path: str
    settings: tuple[RouteSetting, ...] = ()
    through: tuple[tuple[str, str], ...] = ()
    attached: tuple[tuple[str, str], ...] = ()
    own_pods: bool = False
    upstreams: tuple[tuple[str, str], ...] = ()
    partial: bool = False
    heeds_server: bool = True
    pools: tuple[str, ...] = ()
    guarded: bool = False
    limited: bool = False

    def told(self, what: str) -> tuple[RouteSetting, ...]:
        """What the route is told of one kind."""
        return tuple(one for one in self.settings if one.what == what)


def whole_seconds(text: str) -> str | None:
    """What a time comes to that is no whole number, empty where it is none; None where it is.

    A sign before the number is taken by `strconv.Atoi`.
    """
    unsigned = text[1:] if text[:1] in ("+", "-") else text
    if not text or parse_count(unsigned) is not None:
        return None
    seconds = parse_duration(text.strip())
    return f"{seconds:.0f}" if seconds else ""
