"""Ways in from outside with their timeouts, as one node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.documents.kubernetes.wiring.nodes import Ingress
from imagelint.documents.kubernetes.wiring.routesettings import (
    contour_settings,
    gateway_settings,
    ingress_settings,
    mesh_settings,
)
from imagelint.documents.quantity import parse_count, parse_duration
from imagelint.documents.serving.scaling import Route, Timeout
from imagelint.knowledge.kubernetes.durations import ENDLESS, KONG_TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.kubernetes.wiring.nodes import Wiring
    from imagelint.documents.yaml.cursor import Cursor

_NGINX = "nginx.ingress.kubernetes.io"
_F5 = "nginx.org"
_ALB = "alb.ingress.kubernetes.io"
_CONTOUR, _AZURE = "projectcontour.io", "appgw.ingress.kubernetes.io"
_HAPROXY_TECH, _HAPROXY_OTHER = "haproxy.org", "haproxy-ingress.github.io"
_ATTRIBUTES = f"{_ALB}/load-balancer-attributes"
_IDLE = pattern(r"(?:^|,)\s*idle_timeout\.timeout_seconds\s*=\s*([0-9]{1,9})")
# What a controller's class is called, and the prefix of the annotations that only it reads.
_CLASSES = {
    "nginx": "nginx",
    "alb": "alb",
    "gce": "gke",
    "gce-internal": "gke",
    "traefik": "traefik",
    "kong": "kong",
    "istio": "istio",
    "contour": "contour",
    "azure-application-gateway": "azure",
    "azure/application-gateway": "azure",
}
_PREFIXES = {_NGINX: "nginx", _ALB: "alb", _F5: _F5, "nginx.com": _F5, _CONTOUR: "contour"}
_PREFIXES |= {_AZURE: "azure", _HAPROXY_TECH: _HAPROXY_TECH, _HAPROXY_OTHER: _HAPROXY_OTHER}
# Two controllers have this class: what they are spoken to tells them apart.
_SHARED = {"haproxy": (_HAPROXY_TECH, _HAPROXY_OTHER)}
# kubernetes/ingress-nginx:docs/user-guide/nginx-configuration/annotations.md;
# aws-load-balancer-controller:docs/guide/ingress/annotations.md;
# nginx/kubernetes-ingress: annotations that begin with nginx.org, of a controller of the same class
_NGINX_DEFAULT, _ALB_DEFAULT, _GKE_DEFAULT = 60.0, 60.0, 30.0
# docs.konghq.com: kubernetes-ingress-controller, reference of annotations (milliseconds, of the
# Service); its gateway waits 60 s between two reads where nothing is said.
_KONG_DEFAULT = 60.0
# openshift/router:pkg/router/template/util/haproxytime/duration_parser.go;
# docs.redhat.com: "Configuring route timeouts", ROUTER_DEFAULT_SERVER_TIMEOUT
_HAPROXY, _HAPROXY_DEFAULT = "haproxy.router.openshift.io", 30.0
_HAPROXY_UNITS = {"us": 1e-6, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_SERVICE = ("", "Service")
_ALB_EXAMPLE = "a list that holds `idle_timeout.timeout_seconds=600`"
_NO_LIMIT = float("inf")
_NGINX_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}


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


def _of_policy(obj: KubernetesObject) -> Route:
    target = obj.body.at("spec", "targetRef")
    backends = ((target["name"].word(), ""),) if target["kind"].word() == "Service" else ()
    place = obj.body.at("spec", "default", "timeoutSec")
    return _route(obj, obj.body, "gke", (_google(place),), backends)


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
    obj = ingress.object
    controller = _controller(ingress)
    timeouts: tuple[Timeout, ...] = ()
    if controller in _ANNOTATED:
        name, read, meaning, example, default = _ANNOTATED[controller]
        place = obj.annotation(name)
        timeouts = (_timeout(place, read(place), meaning, example, default),)
    elif controller == "alb":
        place = obj.annotation(_ATTRIBUTES)
        timeouts = (_timeout(place, _idle_attribute(place), "idle", _ALB_EXAMPLE, _ALB_DEFAULT),)
    elif controller == "gke":
        # A BackendConfig says it, to which the Service is bound by an annotation of its own.
        place = ingress.body["spec"]
        advice = "set `timeoutSec` to `600` in a `BackendConfig` of its Service"
        timeouts = (Timeout(place.key_span, advice, Known(_GKE_DEFAULT), "total", place.path),)
    elif controller == "kong":
        place = ingress.body["spec"]
        advice = f'set `{KONG_TIMEOUT}` to `"600000"` at its Service'
        timeouts = (Timeout(place.key_span, advice, Known(_KONG_DEFAULT), "idle", place.path),)
    backends = tuple((_text(one.service), _text(one.port)) for one in ingress.backends)
    route = _route(obj, ingress.body, controller, timeouts, backends)
    return route._replace(settings=tuple(ingress_settings(obj, controller)))


def _controller(ingress: Ingress) -> str:
    prefixes = (_PREFIXES.get(name.partition("/")[0], "") for name, _ in ingress.annotations)
    spoken_to = {name for name in prefixes if name}
    only = spoken_to.pop() if len(spoken_to) == 1 else ""
    if not isinstance(ingress.class_name, Known):
        return only
    name = ingress.class_name.value
    if name == "haproxy":
        return only if only in _SHARED[name] else ""
    by_class = _CLASSES.get(name, "")
    if by_class == "nginx" and (only == _F5 or _F5 in spoken_to):
        return only  # two controllers are called so; where both are spoken to, nobody knows
    return by_class


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
    text = fact.value.replace(" ", "")
    seconds = parse_duration(f"{text}s" if text.isdecimal() else text, _NGINX_UNITS)
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
        if place["kind"].word() in ("", "Service")
    )
    fields = (rule.at("timeouts", "request"), rule.at("timeouts", "backendRequest"))
    timeouts = tuple(_timeout(place, _duration(place), "total", "`600s`") for place in fields)
    named = tuple((name, _text(port)) for name, port in backends)
    route = _route(obj, rule, "", timeouts, named)
    return route._replace(settings=tuple(gateway_settings(rule)))


def _of_istio(obj: KubernetesObject, rule: Cursor) -> Route:
    places = [way["destination"] for way in rule["route"].items()]
    backends = tuple((_service_of(place["host"].word()), "") for place in places)
    timeout = _timeout(rule["timeout"], _duration(rule["timeout"]), "total", "`600s`")
    route = _route(obj, rule, "istio", (timeout,), backends)
    return route._replace(settings=tuple(mesh_settings(rule)))


def _of_contour(obj: KubernetesObject, rule: Cursor) -> Route:
    backends = tuple((service["name"].word(), "") for service in rule["services"].items())
    place = rule.at("timeoutPolicy", "response")
    timeout = _timeout(place, _envoy_time(place), "total", "`600s`", _ENVOY_DEFAULT)
    route = _route(obj, rule, "contour", (timeout,), backends)
    return route._replace(settings=tuple(contour_settings(rule)))


def _envoy_time(place: Cursor) -> Fact[float]:
    """A duration, which may be `infinity`; so is `0s`."""
    return Known(_NO_LIMIT, place.span) if place.word() == ENDLESS else _duration(place)


def _of_openshift(obj: KubernetesObject) -> Route:
    """A Route, which HAProxy serves; its limit is between two parts of an answer."""
    spec = obj.body["spec"]
    place = obj.annotation(f"{_HAPROXY}/timeout")
    seconds = _haproxy_time(place)
    timeout = _timeout(place, seconds, "idle", "`600s`", _HAPROXY_DEFAULT)
    targets = (spec["to"], *spec["alternateBackends"].items())
    backends = tuple(
        (target["name"].word(), "") for target in targets if target["kind"].word() in _SERVICE
    )
    return _route(obj, obj.body, "OpenShift's router", (timeout,), backends)


def _haproxy_time(place: Cursor) -> Fact[float]:
    """A time of HAProxy: `30s`, `5m`; a bare number is milliseconds."""
    fact = place.text()
    if not isinstance(fact, Known):
        return fact
    text = fact.value.strip()
    seconds = parse_duration(f"{text}ms" if text.isdecimal() else text, _HAPROXY_UNITS)
    return UNKNOWN if seconds is None else Known(seconds, fact.span)


def _service_of(host: str) -> str:
    """The name of a Service in a host of the mesh: `llm`, `llm.ns.svc.cluster.local`."""
    name, _, rest = host.partition(".")
    return name if not rest or rest.split(".")[1:2] in ([], ["svc"]) else ""


def _google(place: Cursor) -> Timeout:
    return _timeout(place, place.number(), "total", "`600`", _GKE_DEFAULT)


def _timeout(
    place: Cursor, seconds: Fact[float], meaning: str, example: str, default: float | None = None
) -> Timeout:
    if seconds is ABSENT and default is not None:
        seconds = Known(default)
    field = place.key.strip('[]"')
    return Timeout(place.span, f"set `{field}` to {example}", seconds, meaning, place.path)


def _duration(place: Cursor) -> Fact[float]:
    """Seconds of a duration, infinite for `0s`, which switches the limit off."""
    fact = place.text()
    if not isinstance(fact, Known):
        return fact
    seconds = parse_duration(fact.value)
    return UNKNOWN if seconds is None else Known(seconds or _NO_LIMIT, fact.span)


def _text(fact: Fact[str]) -> str:
    return fact.value if isinstance(fact, Known) else ""


# By controller: the annotation, how it is read, what it limits, how 600 s are written, the default.
# haproxytech/kubernetes-ingress:documentation/annotations.md;
# jcmoraisjr/haproxy-ingress:docs/content/en/docs/configuration/keys.md;
# Azure/application-gateway-kubernetes-ingress:docs/annotations.md;
# projectcontour/contour:site/content/docs (annotations, request routing: Envoy's default)
_ENVOY_DEFAULT = 15.0
_ANNOTATED: dict[str, tuple[str, Callable[[Cursor], Fact[float]], str, str, float]] = {
    "nginx": (
        f"{_NGINX}/proxy-read-timeout",
        _bare_seconds,
        "idle",
        '`"600"`',
        _NGINX_DEFAULT,
    ),
    _F5: (f"{_F5}/proxy-read-timeout", _nginx_time, "idle", "`600s`", _NGINX_DEFAULT),
    _HAPROXY_TECH: (f"{_HAPROXY_TECH}/timeout-server", _haproxy_time, "idle", "`600s`", 50.0),
    _HAPROXY_OTHER: (f"{_HAPROXY_OTHER}/timeout-server", _haproxy_time, "idle", "`600s`", 50.0),
    "azure": (f"{_AZURE}/request-timeout", _bare_seconds, "total", '`"600"`', 30.0),
    "contour": (f"{_CONTOUR}/response-timeout", _envoy_time, "total", "`600s`", _ENVOY_DEFAULT),
}
