"""What a route does with requests and answers besides waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, Known
from imagelint.core.pattern import pattern
from imagelint.documents.quantity import parse_count, parse_duration, parse_nginx_size
from imagelint.documents.serving.scaling import RouteSetting, whole_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.cursor import Cursor

_NGINX, _F5 = "nginx.ingress.kubernetes.io", "nginx.org"
# Since 1.9.13 a POST that was sent is passed to the next server only with `non_idempotent`, see
# https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream
_NEXT = f"{_NGINX}/proxy-next-upstream"
_AGAIN = "non_idempotent"
_ON = ("on", "true")
# The controller of F5 buffers unless it is told not to, ingress-nginx only when it is told to:
# nginx/documentation: content/nic/configuration/global-configuration/configmap-resource.md;
# kubernetes/ingress-nginx@dbb11b92: internal/ingress/controller/config/config.go (ProxyBuffering)
_BUFFERING = ((f"{_NGINX}/proxy-buffering", "off"), (f"{_F5}/proxy-buffering", "false"))
# client_max_body_size of both controllers is 1m by default, 0 switches it off.
_BODY = {"nginx": f"{_NGINX}/proxy-body-size", _F5: f"{_F5}/client-max-body-size"}
_BODY_DEFAULT = float(2**20)
# kubernetes-sigs/gateway-api@4564255a: apis/v1/shared_types.go (Duration): the API server's pattern
_GATEWAY = pattern(r"(?:[0-9]{1,5}(?:h|m|s|ms)){1,4}")
# jcmoraisjr/haproxy-ingress@465a51ce: pkg/converters/ingress/annotations/updater.go
_UNIT = pattern(r"[0-9]+(?:us|ms|s|m|h|d)")
_UNIT_ANNOTATION = "haproxy-ingress.github.io/timeout-server"
# istio/api@b8f8791d: kubernetes/customresourcedefinitions.gen.yaml: duration(self) of CEL
_GATEWAY_TIME = "whole numbers with their units, such as 600s,"
_GO = "a number with its unit, such as 600s,"
# Conditions of Envoy under which the server may be at work already; others are of connections that
# were never made. envoyproxy/envoy: docs/root/configuration/http/http_filters/router_filter.rst
_WORKING = frozenset(
    (
        "5xx",
        "gateway-error",
        "reset",
        "retriable-4xx",
        "retriable-status-codes",
        "deadline-exceeded",
    )
)
# The statuses behind which a server may have worked: 503 tells that it takes no request.
_FAILED = ("500", "502", "504")


def ingress_settings(obj: KubernetesObject, controller: str) -> Iterator[RouteSetting]:
    """What the annotations of an Ingress tell its controller."""
    from imagelint.knowledge.kubernetes.routes import second_annotations

    for name in second_annotations():
        yield from _malformed(obj.annotation(name))
    yield from _without_unit(obj.annotation(_UNIT_ANNOTATION), _GO, _has_unit)
    conditions = obj.annotation(_NEXT)
    if controller == "nginx" and _AGAIN in conditions.word().split():
        meant = " ".join(one for one in conditions.word().split() if one != _AGAIN)
        yield _setting(conditions, "retried", meant or "error timeout")
    for name, off in _BUFFERING:
        place = obj.annotation(name)
        if place.word().lower() in _ON:
            yield _setting(place, "buffered", off)
        elif controller == _F5 and name.startswith(_F5) and place.text() is ABSENT:
            at = obj.body["metadata"]
            yield RouteSetting(at.key_span, at.path, "buffered", name, "", meant=off)
    if controller in _BODY:
        yield from _limited(obj, _BODY[controller])


def _malformed(place: Cursor) -> Iterator[RouteSetting]:
    """A time that is no whole number, where one of seconds is asked for."""
    fact = place.text()
    meant = whole_seconds(fact.value) if isinstance(fact, Known) else None
    if meant is not None:
        yield _setting(place, "malformed", meant)._replace(wants="a bare number of seconds,")


def _without_unit(
    place: Cursor, wants: str, is_right: Callable[[str], bool]
) -> Iterator[RouteSetting]:
    """A time in another form than is asked for; most often its unit is missing."""
    fact = place.text()
    if isinstance(fact, Known) and not is_right(fact.value.strip()):
        seconds = parse_count(fact.value.strip()) or parse_duration(fact.value.strip())
        meant = f"{seconds:.0f}s" if seconds and seconds == int(seconds) else ""
        yield _setting(place, "malformed", meant)._replace(wants=wants)


def _is_go(text: str) -> bool:
    return parse_duration(text) is not None


def _has_unit(text: str) -> bool:
    return _UNIT.fullmatch(text) is not None


def _is_gateway(text: str) -> bool:
    return _GATEWAY.fullmatch(text) is not None


def _limited(obj: KubernetesObject, name: str) -> Iterator[RouteSetting]:
    place = obj.annotation(name)
    fact = place.text()
    if fact is ABSENT:
        at = obj.body["metadata"]
        yield RouteSetting(at.key_span, at.path, "limited", name, "", amount=_BODY_DEFAULT)
    if not isinstance(fact, Known):
        return
    size = parse_nginx_size(fact.value.strip())
    if size:
        yield _setting(place, "limited", amount=size)


def mesh_settings(rule: Cursor) -> Iterator[RouteSetting]:
    """What a rule of a VirtualService tells: its own retries, not those of the mesh."""
    yield from _without_unit(rule["timeout"], _GO, _is_go)
    retries = rule["retries"]
    place = retries["retryOn"]
    words = {word.strip() for word in place.word().split(",")}
    if retries["attempts"].word() != "0" and words & _WORKING:
        yield _setting(place, "retried", "connect-failure,refused-stream,unavailable")


def gateway_settings(rule: Cursor) -> Iterator[RouteSetting]:
    """What a rule of an HTTPRoute tells, in its experimental field `retry`."""
    for name in ("request", "backendRequest"):
        yield from _without_unit(rule.at("timeouts", name), _GATEWAY_TIME, _is_gateway)
    for code in rule.at("retry", "codes").items():
        if code.word() in _FAILED:
            yield _setting(code, "retried", "503")


def contour_settings(rule: Cursor) -> Iterator[RouteSetting]:
    """What a route of an HTTPProxy tells: without conditions it is retried upon any 5xx."""
    policy = rule["retryPolicy"]
    if policy.exists and not policy.null and not policy["retryOn"].exists:
        # projectcontour/contour@31c4bb38: internal/dag/policy.go (retryOn, retryPolicy)
        if policy["count"].word() != "-1":
            yield _setting(policy, "retried", "retryOn: [connect-failure]")._replace(written="5xx")
        return
    for condition in policy["retryOn"].items():
        if condition.word() in _WORKING:
            yield _setting(condition, "retried", "connect-failure")


def _setting(place: Cursor, what: str, meant: str = "", amount: float = 0.0) -> RouteSetting:
    field = place.key.strip('[]"')
    return RouteSetting(
        span=place.span,
        path=place.path,
        what=what,
        field=field,
        written=place.word(),
        meant=meant,
        amount=amount,
    )
