"""Ways in, and what is attached to them, of Envoy Gateway, Traefik, Knative, KServe and Kong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.documents.quantity import parse_count, parse_duration, parse_quantity
from imagelint.documents.serving.scaling import Route, RouteSetting, Timeout
from imagelint.knowledge.kubernetes.durations import KONG_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.cursor import Cursor

    Names = tuple[tuple[str, str], ...]

_NO_LIMIT = float("inf")
_TRAEFIK = ("traefik.io", "traefik.containo.us")
# Its customary names of ways in that are open to all; what it compares that only some may know, and
# by which addresses it lets some in: docs/content/reference/routing-configuration/http/routing/
_OPEN_ENTRIES = frozenset(("", "web", "websecure", "http", "https"))
_SECRET_MATCH = pattern(r"\b(?:Headers?|Query)(?:Regexp)?\(")
_ADDRESS_MATCH = pattern(r"(?<![!\w])ClientIP\(")
# envoyproxy/gateway@d32f2829: api/v1alpha1/retry_types.go (TriggerEnum): those behind which the
# server may have begun to work, and the statuses after which it has
_WORKING = ("5xx", "gateway-error", "reset", "retriable-4xx", "deadline-exceeded", "internal")
_FAILED = ("500", "502", "504")
# traefik/traefik@fd5a576d: docs/content/reference/routing-configuration/http/middlewares/


def read_policies(obj: KubernetesObject) -> Iterator[Route]:
    """The ways in that an object defines, or what it says of others."""
    spec = obj.body["spec"]
    if obj.group in _TRAEFIK:
        yield from _of_traefik(obj, spec)
    match obj.group, obj.kind:
        case "gateway.envoyproxy.io", "BackendTrafficPolicy" | "ClientTrafficPolicy":
            timeouts = _envoy_timeouts(spec.at("timeout", "http"))
            yield _attached(obj, _targets(spec), timeouts, _envoy_settings(spec))
        case "serving.knative.dev", "Service":
            yield _own(obj, "Knative", _knative(spec.at("template", "spec")))
        case "serving.kserve.io", "InferenceService":
            place = spec.at("predictor", "timeout")
            yield _own(obj, "KServe", (_timeout(place, place.number(), "total", "`600`"),))
        case "", "Service":
            place = obj.annotation(KONG_TIMEOUT)
            if place.exists:
                limit = _timeout(place, _milliseconds(place), "idle", '`"600000"`')
                yield _route(obj, obj.body, "kong", (limit,), backends=((obj.name, ""),))


def _of_traefik(obj: KubernetesObject, spec: Cursor) -> Iterator[Route]:
    own = ((obj.kind, obj.name),)
    match obj.kind:
        case "Middleware":
            yield _attached(obj, own, (), _middleware(spec))
        case "ServersTransport":
            place = spec.at("forwardingTimeouts", "responseHeaderTimeout")
            limit = _timeout(place, _seconds_or_go(place), "idle", "`600s`")
            yield _attached(obj, own, (limit,), ())
        case "IngressRoute":
            yield from (_ingress_route(obj, rule) for rule in spec["routes"].items())


def _route(
    obj: KubernetesObject,
    body: Cursor,
    controller: str,
    timeouts: tuple[Timeout, ...],
    *,
    backends: Names = (),
) -> Route:
    whole = body is obj.body
    return Route(
        span=obj.span if whole else body.key_span,
        kind=obj.kind,
        name=obj.name,
        namespace=obj.namespace,
        controller=controller,
        timeouts=timeouts,
        backends=tuple(one for one in backends if one[0]),
        annotations=obj.annotations,
        path=obj.path if whole else body.path,
    )


def _attached(
    obj: KubernetesObject,
    through: Names,
    timeouts: tuple[Timeout, ...],
    settings: tuple[RouteSetting, ...],
) -> Route:
    """What an object says of the routes to which it is attached."""
    controller = "traefik" if obj.group in _TRAEFIK else "envoy"
    route = _route(obj, obj.body, controller, timeouts)
    return route._replace(through=tuple(one for one in through if one[1]), settings=settings)


def _own(obj: KubernetesObject, controller: str, timeouts: tuple[Timeout, ...]) -> Route:
    """What an object says of the way to its own pods."""
    return _route(obj, obj.body, controller, timeouts)._replace(own_pods=True)


def _targets(spec: Cursor) -> Names:
    places = [spec["targetRef"], *spec["targetRefs"].items()]
    return tuple((place["kind"].word(), place["name"].word()) for place in places)


def _envoy_timeouts(limits: Cursor) -> tuple[Timeout, ...]:
    """Those of the whole answer and of a pause in it.

    envoyproxy/gateway@d32f2829: api/v1alpha1/timeout_types.go
    """
    fields = (
        ("requestTimeout", "total"),
        ("maxStreamDuration", "total"),
        ("streamIdleTimeout", "idle"),
    )
    return tuple(_timeout(limits[name], _go(limits[name]), what, "`600s`") for name, what in fields)


def _envoy_settings(spec: Cursor) -> tuple[RouteSetting, ...]:
    retry = spec["retry"]
    conditions = retry["retryOn"]
    found: list[RouteSetting] = []
    if retry["numRetries"].word() != "0":
        found += [
            _setting(one, "retried", "connect-failure")
            for one in conditions["triggers"].items()
            if one.word() in _WORKING
        ]
        found += [
            _setting(one, "retried", "503")
            for one in conditions["httpStatusCodes"].items()
            if one.word() in _FAILED
        ]
    limit = spec.at("requestBuffer", "limit")
    size = parse_quantity(limit.word()) if limit.word() else None
    if size:
        found.append(_setting(limit, "limited", "64Mi", size))
    return tuple(found)


def _middleware(spec: Cursor) -> tuple[RouteSetting, ...]:
    """What a middleware does: buffers whole answers, refuses large requests, repeats requests."""
    buffering, retry = spec["buffering"], spec["retry"]
    found: list[RouteSetting] = []
    if buffering.exists:
        found.append(_setting(buffering, "buffered")._replace(written=buffering.key))
        limit = buffering["maxRequestBodyBytes"]
        size = parse_count(limit.word())
        if size:
            found.append(_setting(limit, "limited", "67108864", float(size)))
    again = retry["retryNonIdempotentMethod"]
    said = again.boolean()
    if isinstance(said, Known) and said.value:
        found.append(_setting(again, "retried", f"{again.key}: false")._replace(written=again.key))
    return tuple(found)


def _ingress_route(obj: KubernetesObject, rule: Cursor) -> Route:
    services = [one for one in rule["services"].items() if one["kind"].word() in ("", "Service")]
    attached = [("Middleware", one["name"].word()) for one in rule["middlewares"].items()]
    attached += [("ServersTransport", one["serversTransport"].word()) for one in services]
    backends = tuple((one["name"].word(), "") for one in services)
    route = _route(obj, rule, "traefik", (), backends=backends)
    spec, match = obj.body["spec"], rule["match"].word()
    asks = (rule["middlewares"], spec["parentRefs"], spec.at("tls", "options"))
    entries = [one.word() for one in spec["entryPoints"].items()]
    return route._replace(
        attached=tuple(attached),
        guarded=any(place.exists for place in asks) or _SECRET_MATCH.search(match) is not None,
        limited=_ADDRESS_MATCH.search(match) is not None
        or (bool(entries) and _OPEN_ENTRIES.isdisjoint(entries)),
    )


def _knative(spec: Cursor) -> tuple[Timeout, ...]:
    """Those of a revision; knative/serving@98e5ef90: pkg/apis/serving/v1/revision_types.go."""
    fields = (
        ("timeoutSeconds", "total"),
        ("responseStartTimeoutSeconds", "idle"),
        ("idleTimeoutSeconds", "idle"),
    )
    return tuple(
        _timeout(spec[name], _endless(spec[name].number()), what, "`600`") for name, what in fields
    )


def _timeout(place: Cursor, seconds: Fact[float], meaning: str, example: str) -> Timeout:
    field = place.key.strip('[]"')
    return Timeout(place.span, f"set `{field}` to {example}", seconds, meaning, place.path)


def _endless(fact: Fact[float]) -> Fact[float]:
    """Seconds, of which nought switches the limit off."""
    return Known(fact.value or _NO_LIMIT, fact.span) if isinstance(fact, Known) else fact


def _go(place: Cursor) -> Fact[float]:
    fact = place.text()
    if not isinstance(fact, Known):
        return fact
    seconds = parse_duration(fact.value)
    return UNKNOWN if seconds is None else Known(seconds or _NO_LIMIT, fact.span)


def _seconds_or_go(place: Cursor) -> Fact[float]:
    """A time of Traefik: a duration, or a number of seconds."""
    number = parse_count(place.word())
    return _go(place) if number is None else Known(float(number) or _NO_LIMIT, place.span)


def _milliseconds(place: Cursor) -> Fact[float]:
    number = parse_count(place.word())
    return UNKNOWN if number is None else Known(number / 1000, place.span)


def _setting(place: Cursor, what: str, meant: str = "", amount: float = 0.0) -> RouteSetting:
    field = place.key.strip('[]"')
    written = place.word()
    return RouteSetting(
        place.span, place.path, what, field, written=written, meant=meant, amount=amount
    )
