from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import Known
from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.detect import candidate, detect, parse, same_by_name
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.mapped import MappedText
from imagelint.documents.proxies.haproxy import read_haproxy_routes
from imagelint.documents.proxies.nginxroutes import read_nginx_routes
from imagelint.documents.proxies.recognition import proxy_language
from imagelint.documents.proxies.traefik import file_routes
from imagelint.documents.proxies.upstreams import read_upstream, service_of
from imagelint.documents.quantity import (
    parse_haproxy_time,
    parse_nginx_size,
    parse_nginx_time,
)
from imagelint.documents.serving.scaling import Route
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.load import load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

NGINX = "location / { proxy_pass http://llm:8000; }"
HAPROXY = "backend llm\n  timeout server 30s\n  server one llm:8000\n"


def hosts(routes: Iterable[Route]) -> set[str]:
    return {host for route in routes for host, _ in route.upstreams}


def nginx(text: str) -> tuple[Route, ...]:
    return read_nginx_routes(MappedText.verbatim(text, 0))


def haproxy(text: str) -> tuple[Route, ...]:
    return read_haproxy_routes(MappedText.verbatim(text, 0))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://llm:8000/v1/", {"llm"}),
        ("https://llm.prod.svc", {"llm.prod.svc"}),
        ("llm", {"llm"}),
        ("http://servers", {"a", "b-1"}),
        ("servers", {"a", "b-1"}),
        ("http://$set:80", {"web"}),
        ("http://${set}/", {"web"}),
        ("http://llm:8000$request_uri", {"llm"}),
        ("http://$unknown", set()),
        ("http://x$unknown:80", {"x"}),
        ("http://unix:/run/llm.sock", set()),
        ("http://[::1]:80", set()),
        ("ftp://llm", set()),
    ],
)
def test_an_address_leads_to_servers(address: str, expected: set[str]) -> None:
    groups = "upstream servers { ip_hash; server a:8000 weight=2; server b-1; server unix:/x; }"
    text = f"{groups} server {{ set $set web; location / {{ proxy_pass {address}; }} }}"
    assert hosts(nginx(text)) == expected


def test_of_many_servers_of_a_group_some_are_led_to_each_once() -> None:
    servers = "".join(f"server s{number}; " * 2 for number in range(100))
    (route, *_) = nginx(f"upstream g {{ {servers} }} location / {{ proxy_pass http://g; }}")
    assert [host for host, _ in route.upstreams] == [f"s{number}" for number in range(64)]


def test_of_many_servers_of_a_service_of_traefik_some_are_led_to_each_once() -> None:
    servers = ", ".join(f"{{url: 'http://s{number}:1'}}" for number in range(100) for _ in "ab")
    text = f"""http:
  routers: {{a: {{service: g, middlewares: [m, m]}}, b: {{service: g, middlewares: [m]}}}}
  services: {{g: {{loadBalancer: {{servers: [{servers}]}}}}}}
  middlewares: {{m: {{retry: {{retryNonIdempotentMethod: true}}}}}}
"""
    (route,) = file_routes(Cursor(load_yaml(text)[0]))
    assert route.upstreams == tuple((f"s{number}", "1") for number in range(64))


def test_what_is_written_once_is_one_route_to_all_that_it_concerns() -> None:
    text = """proxy_read_timeout 5s;
    location /a { proxy_pass http://a; }
    location /b { proxy_pass http://b; }
    location /c { proxy_read_timeout 7s; proxy_pass http://c; }"""
    limits = [(one, route) for route in nginx(text) for one in route.timeouts]
    found = [(one.seconds, [host for host, _ in route.upstreams]) for one, route in limits]
    assert [(fact.value, led) for fact, led in found if isinstance(fact, Known)] == [
        (5.0, ["a", "b"]),
        (7.0, ["c"]),
    ]


@pytest.mark.parametrize(
    ("text", "partial"), [(NGINX, True), (f"http {{ server {{ {NGINX} }} }}", False)]
)
def test_a_part_of_a_configuration_is_told_from_a_whole_one(text: str, *, partial: bool) -> None:
    assert {route.partial for route in nginx(text)} == {partial}


@pytest.mark.parametrize(
    ("location", "aside"),
    [
        ("/health", True),
        ("= /v1/models", True),
        ("^~ /metrics", True),
        ("~ /health", False),
        ("/", False),
        ("/v1/completions", False),
    ],
)
def test_ways_to_what_answers_at_once_are_none(location: str, *, aside: bool) -> None:
    assert (not nginx(f"location {location} {{ proxy_pass http://llm; }}")) == aside


@pytest.mark.parametrize(
    ("included", "silent"),
    [
        ("http { include mime.types; include conf.d/*.conf; server { %s } }", False),
        ("http { include /etc/nginx/tuning.conf; server { %s } }", True),
        ("http { server { include conf.d/*.conf; %s } }", True),
    ],
)
def test_what_an_included_file_may_say_is_no_default(included: str, *, silent: bool) -> None:
    assert (not nginx(included % NGINX)) == silent


def test_sections_of_haproxy_inherit_from_the_defaults_that_they_name() -> None:
    text = """defaults slow
  timeout server 1h
defaults fast from slow
  mode http
defaults
  timeout server 1s
backend a from fast
  server one a
backend b
  server one b
"""
    found = {
        host: one.seconds.value
        for route in haproxy(text)
        for host in hosts((route,))
        for one in route.timeouts
        if isinstance(one.seconds, Known)
    }
    assert found == {"a": 3600.0, "b": 1.0}


def test_words_of_haproxy_are_quoted_escaped_and_continued() -> None:
    text = 'backend a\n  timeout \\\n  server \'2s\' # 3s\n  server o\\ ne "a:1"\n  x "open\n'
    (route,) = haproxy(text)
    (limit,) = route.timeouts
    assert (limit.seconds, text[slice(*limit.span)]) == (Known(2.0, limit.span), "'2s'")
    assert route.upstreams == (("a", "1"),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "backend",
        "backend a\n",
        "backend a\n server\n timeout server\n mode\n retries\n",
        "x y\n",
    ],
)
def test_what_says_nothing_to_haproxy_is_no_route(text: str) -> None:
    assert haproxy(text) == ()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90.0),
        ("1h 30m", 5400.0),
        ("500ms", 0.5),
        ("1M", 2592000.0),
        ("1.5h", None),
        ("", None),
    ],
)
def test_times_of_nginx(text: str, seconds: float | None) -> None:
    assert parse_nginx_time(text) == seconds


@pytest.mark.parametrize(
    ("text", "size"), [("1", 1.0), ("2k", 2048.0), ("1G", 2.0**30), ("m", None)]
)
def test_sizes_of_nginx(text: str, size: float | None) -> None:
    assert parse_nginx_size(text) == size


@pytest.mark.parametrize(("text", "seconds"), [("1500", 1.5), ("2m", 120.0), ("x", None)])
def test_times_of_haproxy(text: str, seconds: float | None) -> None:
    assert parse_haproxy_time(text) == seconds


def test_hosts_are_services_where_they_may_be() -> None:
    assert service_of("llm") == ("llm", "")
    assert service_of("llm.prod") == ("llm", "prod")
    assert service_of("llm.prod.svc.cluster.local") == ("llm", "prod")
    assert service_of("api.example.com") is None
    assert read_upstream("grpc://llm:1/x") == ("llm", "1")


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("nginx.conf", NGINX, "nginx"),
        ("default.conf.template", NGINX, "nginx"),
        ("nginx.conf", "http {\n include conf.d/*.conf;\n}", "nginx"),
        ("haproxy.cfg", HAPROXY, "haproxy"),
        ("dynamic.yml", "http:\n  services: {a: {loadBalancer: {servers: []}}}\n", "traefik"),
        ("app.conf", "# proxy_pass http://a;\n", ""),
        ("setup.cfg", "[metadata]\nname = server\n", ""),
        ("values.yaml", "http:\n  loadBalancer: {servers: []}\n", "values"),
        ("notes.yaml", "proxy_pass http://a;\n", ""),
    ],
)
def test_files_of_proxies_are_told_by_name_and_content(name: str, text: str, kind: str) -> None:
    assert candidate(f"a/{name}")
    assert detect(name, text) == kind


def test_two_files_of_proxies_are_the_same_by_name() -> None:
    assert same_by_name("nginx.conf", "haproxy.cfg")
    assert not same_by_name("nginx.conf", "nginx.yaml")
    assert not proxy_language("a", "server")


def test_what_nginx_would_refuse_is_a_problem_with_its_place() -> None:
    with pytest.raises(DocumentError) as found:
        parse(Source("nginx.conf", f"{NGINX} }}"), "nginx")
    assert found.value.kind is ProblemKind.UNPARSABLE
    assert found.value.message == 'nginx cannot read this: unexpected "}"'
    manifest = parse_manifest(
        Source(
            "a.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n"
            f"  nginx.conf: |\n    {NGINX} }}\n  b.conf: |\n    {{{{ x }}}} {NGINX} }}\n",
        )
    )
    gap, template = manifest.gaps
    assert gap.span is not None
    assert manifest.source.text[gap.span.start] == "}"
    assert template.kind is ProblemKind.TEMPLATE
    assert template.span is not None
    assert manifest.source.text[template.span.start :].startswith("{{ x }}")
    assert manifest.nodes_of(Route) == ()


def test_allowances_are_comments() -> None:
    text = f"# imagelint: allow buffered-stream -- short answers\n{NGINX}\n"
    (one,) = parse(Source("nginx.conf", text), "nginx").allowances
    assert (one.rule, one.reason) == ("buffered-stream", "short answers")


def test_a_template_is_told_to_be_one() -> None:
    text = "upstream llm {\n{% for one in servers %}\n  server {{ one }};\n{% endfor %}\n}\n"
    with pytest.raises(DocumentError) as found:
        parse(Source("nginx.conf", f"{text}{NGINX}"), "nginx")
    assert found.value.kind is ProblemKind.TEMPLATE
    with pytest.raises(DocumentError) as filled:
        parse(Source("nginx.conf", "location / { proxy_pass {{ to }}; }"), "nginx")
    assert filled.value.kind is ProblemKind.TEMPLATE


def test_of_the_flags_of_traefik_the_first_that_matter_are_read() -> None:
    flag = "transport.respondingTimeouts.writeTimeout=5s"
    flags = "".join(
        f"      - --other{at}=1\n      - --entryPoints.e{at}.{flag}\n" for at in range(300)
    )
    text = f"""services:
  traefik:
    image: traefik:v3.5.0
    command:
{flags}  llm:
    image: vllm/vllm-openai:v0.30.0
    labels: ["traefik.http.routers.llm.rule=Host(`llm`)"]
"""
    document = parse(Source("compose.yaml", text), "compose")
    routes = [one for one in document.walk() if isinstance(one, Route)]
    assert len(routes) == 256
    assert {one.upstreams for one in routes} == {(("llm", ""),)}
