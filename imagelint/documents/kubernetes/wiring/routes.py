"""Ways in from outside with their timeouts, as one node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.documents.kubernetes.settings import held_texts
from imagelint.documents.kubernetes.wiring.nodes import POOL, SERVICE, Ingress
from imagelint.documents.kubernetes.wiring.routesettings import (
    contour_settings,
    gateway_settings,
    ingress_settings,
    mesh_settings,
)
from imagelint.documents.quantity import (
    parse_count,
    parse_duration,
    parse_haproxy_time,
    parse_nginx_time,
)
from imagelint.documents.serving.scaling import Route, Timeout
from imagelint.documents.yaml.nodes import Scalar
from imagelint.knowledge.kubernetes.durations import ENDLESS, KONG_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.kubernetes.wiring.nodes import Wiring
    from imagelint.documents.yaml.cursor import Cursor

# Of these, and of Services that tell Kong, `policies` knows more.
_WITH_POLICIES = frozenset(
    {"gateway.envoyproxy.io", "serving.knative.dev", "serving.kserve.io"}
    | {"traefik.io", "traefik.containo.us"}
)
_ATTRIBUTES = "alb.ingress.kubernetes.io/load-balancer-attributes"
_IDLE = pattern(r"(?:^|,)\s*idle_timeout\.timeout_seconds\s*=\s*([0-9]{1,9})")
# openshift/router:pkg/router/template/util/haproxytime/duration_parser.go
_HAPROXY, _OPENSHIFT = "haproxy.router.openshift.io", "OpenShift's router"
_SERVICE = ("", "Service")
_OF_PROXIES = ("proxy_pass", "grpc_pass", "backend ", "listen ", "loadBalancer", "reverse_proxy")
_ALB_EXAMPLE = "a list that holds `idle_timeout.timeout_seconds=600`"
_NO_LIMIT = float("inf")


def read_routes(obj: KubernetesObject, wiring: Wiring | None) -> Iterator[Route]:
    """The ways in that an object defines; `wiring` is its typed view."""
    if isinstance(wiring, Ingress):
        yield _ingress(wiring)
        return
    match obj.group, obj.kind:
        case "gateway.networking.k8s.io", "HTTPRoute":
            yield from (_of_gateway(obj, rule) for rule in obj.body.at("spec", "rules").items())
        case "networking.istio.io", "VirtualService":
            yield from (_of_istio(obj, rule) for rule in obj.body.at("spec", "http").items())
        case "cloud.google.com", "BackendConfig":
            place = obj.body.at("spec", "timeoutSec")
            yield _route(obj, obj.body, "gke", (_google(place),), ())
        case "networking.gke.io", "GCPBackendPolicy":
            yield _of_policy(obj)
        case "projectcontour.io", "HTTPProxy":
            yield from (_of_contour(obj, rule) for rule in obj.body.at("spec", "routes").items())
        case "route.openshift.io", "Route":
            yield _of_openshift(obj)
        case _:
            yield from _others(obj)


def _others(obj: KubernetesObject) -> Iterator[Route]:
    if obj.kind in ("ConfigMap", "Secret") and not obj.group:
        yield from _held(obj)
        return
    told = (name for name, _ in obj.annotations)
    if obj.group in _WITH_POLICIES or (not obj.group and KONG_TIMEOUT in told):
        from imagelint.documents.kubernetes.wiring.policies import read_policies

        yield from read_policies(obj)


def _held(obj: KubernetesObject) -> Iterator[Route]:
    """What the proxies are told whose files a ConfigMap or a Secret holds."""
    if may_hold_proxies(obj):
        from imagelint.documents.proxies.held import object_routes

        yield from object_routes(obj)


def may_hold_proxies(obj: KubernetesObject) -> bool:
    """Whether a text of a ConfigMap or a Secret may be what a proxy is told."""
    texts = (place.node for _, place in held_texts(obj))
    return any(
        isinstance(node, Scalar) and any(word in node.text for word in _OF_PROXIES)
        for node in texts
    )


def _of_policy(obj: KubernetesObject) -> Route:
    target = obj.body.at("spec", "targetRef")
    name, kind = target["name"].word(), target["kind"].word()
    backends = ((name, ""),) if kind == SERVICE else ()
    place = obj.body.at("spec", "default", "timeoutSec")
    route = _route(obj, obj.body, "gke", (_google(place),), backends)
    return route._replace(pools=(name,) if kind == POOL else ())


def _route(
    obj: KubernetesObject,
    body: Cursor,
    controller: str,
    timeouts: tuple[Timeout, ...],
    backends: tuple[tuple[str, str], ...],
) -> Route:
    span = obj.span if body is obj.body else body.key_span
    path = obj.path if body is obj.body else body.path
    return Route(
        span=span,
        kind=obj.kind,
        name=obj.name,
        namespace=obj.namespace,
        controller=controller,
        timeouts=timeouts,
        backends=tuple(backend for backend in backends if backend[0]),
        annotations=obj.annotations,
        path=path,
    )


def _ingress(ingress: Ingress) -> Route:
    from imagelint.documents.kubernetes.wiring.controllers import controller_name, middlewares_of
    from imagelint.knowledge.kubernetes.routes import default_timeout, timeout_annotations

    obj = ingress.object
    controller = controller_name(ingress)
    timeouts: tuple[Timeout, ...] = ()
    default = default_timeout(controller)
    told = timeout_annotations().get(controller)
    if told is not None:
        place = obj.annotation(told.annotation)
        seconds = _READERS[told.form](place)
        timeouts = (_timeout(place, seconds, told.limits, told.example, told.default),)
    elif controller == "alb":
        place = obj.annotation(_ATTRIBUTES)
        timeouts = (_timeout(place, _idle_attribute(place), "idle", _ALB_EXAMPLE, default),)
    elif controller == "gke":
        # A BackendConfig says it, to which the Service is bound by an annotation of its own.
        place = ingress.body["spec"]
        advice = "set `timeoutSec` to `600` in a `BackendConfig` of its Service"
        timeouts = (Timeout(place.key_span, advice, Known(default), "total", place.path),)
    elif controller == "kong":
        place = ingress.body["spec"]
        advice = f'set `{KONG_TIMEOUT}` to `"600000"` at its Service'
        timeouts = (Timeout(place.key_span, advice, Known(default), "idle", place.path),)
    backends = tuple((_text(one.service), _text(one.port)) for one in ingress.backends)
    route = _route(obj, ingress.body, controller, timeouts, backends)
    settings = tuple(ingress_settings(obj, controller))
    return route._replace(settings=settings, attached=middlewares_of(obj))


def _bare_seconds(place: Cursor) -> Fact[float]:
    """A bare number of seconds; with a unit the controller does not take it."""
    fact = place.text()
    if not isinstance(fact, Known):
        return fact
    seconds = parse_count(fact.value)
    return UNKNOWN if seconds is None else Known(float(seconds), fact.span)


def _nginx_time(place: Cursor) -> Fact[float]:
    """A time of nginx: `90`, `90s`, `1h 30m`. See http://nginx.org/en/docs/syntax.html ."""
    fact = place.text()
    if not isinstance(fact, Known):
        return fact
    seconds = parse_nginx_time(fact.value)
    return UNKNOWN if seconds is None else Known(seconds, fact.span)


def _idle_attribute(place: Cursor) -> Fact[float]:
    fact = place.text()
    if not isinstance(fact, Known):
        return fact
    match = _IDLE.search(fact.value)
    return Known(float(match[1]), fact.span) if match else ABSENT


def _of_gateway(obj: KubernetesObject, rule: Cursor) -> Route:
    backends = tuple(
        (place["name"].word(), place["port"].text())
        for place in rule["backendRefs"].items()
        if place["kind"].word() in ("", SERVICE)
    )
    pools = (
        one["name"].word() for one in rule["backendRefs"].items() if one["kind"].word() == POOL
    )
    fields = (rule.at("timeouts", "request"), rule.at("timeouts", "backendRequest"))
    timeouts = tuple(_timeout(place, _duration(place), "total", "`600s`") for place in fields)
    named = tuple((name, _text(port)) for name, port in backends)
    route = _route(obj, rule, "", timeouts, named)
    parents = obj.body.at("spec", "parentRefs").items()
    extensions = (one["extensionRef"] for one in rule["filters"].items())
    attached = (
        (obj.kind, obj.name),
        *(("Gateway", one["name"].word()) for one in parents),
        *((one["kind"].word(), one["name"].word()) for one in extensions),
    )
    return route._replace(
        settings=tuple(gateway_settings(rule)),
        attached=attached,
        pools=tuple(dict.fromkeys(filter(None, pools))),
    )


def _of_istio(obj: KubernetesObject, rule: Cursor) -> Route:
    places = [way["destination"] for way in rule["route"].items()]
    backends = tuple((_service_of(place["host"].word()), "") for place in places)
    timeout = _timeout(rule["timeout"], _duration(rule["timeout"]), "total", "`600s`")
    route = _route(obj, rule, "istio", (timeout,), backends)
    named = (one.word() for one in obj.body.at("spec", "gateways").items())
    attached = tuple(("Gateway", name) for name in named if name not in ("", "mesh"))
    return route._replace(settings=tuple(mesh_settings(rule)), attached=attached)


def _of_contour(obj: KubernetesObject, rule: Cursor) -> Route:
    backends = tuple((service["name"].word(), "") for service in rule["services"].items())
    place = rule.at("timeoutPolicy", "response")
    timeout = _timeout(place, _envoy_time(place), "total", "`600s`", _default("contour"))
    route = _route(obj, rule, "contour", (timeout,), backends)
    host = obj.body.at("spec", "virtualhost")
    return route._replace(
        settings=tuple(contour_settings(rule)),
        guarded=not host.exists or _is_guarded(host, rule),
        limited=host["ipAllowPolicy"].exists or rule["ipAllowPolicy"].exists,
    )


def _is_guarded(host: Cursor, rule: Cursor) -> bool:
    """Whether a host or a rule of Contour may ask who comes, if only for a header.

    projectcontour/contour:apis/projectcontour/v1/httpproxy.go (VirtualHost, MatchCondition)
    """
    asks = (host["authorization"], host["jwtProviders"], host.at("tls", "clientValidation"))
    conditions = rule["conditions"].items()
    matches = (one[key] for one in conditions for key in ("header", "queryParameter"))
    return any(place.exists for place in (*asks, *matches))


def _envoy_time(place: Cursor) -> Fact[float]:
    """A duration, or a word for none; of nought, the default holds."""
    if place.word() in ENDLESS:
        return Known(_NO_LIMIT, place.span)
    fact = place.text()
    seconds = parse_duration(fact.value) if isinstance(fact, Known) else None
    if seconds is None:
        return ABSENT if fact is ABSENT else UNKNOWN
    return Known(seconds or _default("contour"), place.span)


def _of_openshift(obj: KubernetesObject) -> Route:
    """A Route, which HAProxy serves; its limit is between two parts of an answer."""
    spec = obj.body["spec"]
    place = obj.annotation(f"{_HAPROXY}/timeout")
    seconds = _haproxy_time(place)
    timeout = _timeout(place, seconds, "idle", "`600s`", _default(_OPENSHIFT))
    targets = (spec["to"], *spec["alternateBackends"].items())
    backends = tuple(
        (target["name"].word(), "") for target in targets if target["kind"].word() in _SERVICE
    )
    return _route(obj, obj.body, _OPENSHIFT, (timeout,), backends)


def _haproxy_time(place: Cursor) -> Fact[float]:
    """A time of HAProxy: `30s`, `5m`; a bare number is milliseconds."""
    fact = place.text()
    if not isinstance(fact, Known):
        return fact
    seconds = parse_haproxy_time(fact.value.strip())
    return UNKNOWN if seconds is None else Known(seconds, fact.span)


def _suffixed_time(place: Cursor) -> Fact[float]:
    """A time of HAProxy that has to have a unit; what has none is passed over."""
    return UNKNOWN if place.word().strip().isdecimal() else _haproxy_time(place)


def _service_of(host: str) -> str:
    """The name of a Service in a host of the mesh: `llm`, `llm.ns.svc.cluster.local`."""
    name, _, rest = host.partition(".")
    return name if not rest or rest.split(".")[1:2] in ([], ["svc"]) else ""


def _google(place: Cursor) -> Timeout:
    return _timeout(place, place.number(), "total", "`600`", _default("gke"))


def _timeout(
    place: Cursor, seconds: Fact[float], meaning: str, example: str, default: float | None = None
) -> Timeout:
    if seconds is ABSENT and default is not None:
        seconds = Known(default)
    field = place.key.strip('[]"')
    return Timeout(place.span, f"set `{field}` to {example}", seconds, meaning, place.path)


def _default(controller: str) -> float:
    """What holds where nothing is written, in seconds."""
    from imagelint.knowledge.kubernetes.routes import default_timeout

    return default_timeout(controller)


def _duration(place: Cursor) -> Fact[float]:
    """Seconds of a duration, infinite for `0s`, which switches the limit off."""
    fact = place.text()
    if not isinstance(fact, Known):
        return fact
    seconds = parse_duration(fact.value)
    return UNKNOWN if seconds is None else Known(seconds or _NO_LIMIT, fact.span)


def _text(fact: Fact[str]) -> str:
    return fact.value if isinstance(fact, Known) else ""


_READERS: dict[str, Callable[[Cursor], Fact[float]]] = {
    "seconds": _bare_seconds,
    "nginx": _nginx_time,
    "haproxy": _haproxy_time,
    "suffixed": _suffixed_time,
    "envoy": _envoy_time,
}
