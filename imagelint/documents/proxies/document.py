"""Files that tell a proxy what to do: nginx, HAProxy, Caddy, Traefik's file provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.base import Document, Landmark
from imagelint.documents.mapped import MappedText
from imagelint.documents.proxies.upstreams import including
from imagelint.documents.runlines.comments import line_allowances
from imagelint.documents.yaml.comments import comment_allowances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source
    from imagelint.documents.base import Node
    from imagelint.documents.serving.scaling import Route


class ProxyFile(Document):
    """A file that says to which servers a proxy leads, and what holds on the way."""

    __slots__ = ("routes",)

    routes: tuple[Route, ...]

    def nodes(self) -> Iterator[Node]:
        """Each way, in order."""
        return iter(sorted(self.routes, key=lambda route: route.span))


class NginxFile(ProxyFile):
    """A configuration of nginx, or a part of one that another file includes."""

    kind = "nginx"
    __slots__ = ("whole",)

    def __init__(self, source: Source) -> None:
        from imagelint.documents.proxies.directives import DirectiveError, refusal
        from imagelint.documents.proxies.nginx import read_nginx
        from imagelint.documents.proxies.nginxroutes import NGINX, read_nginx_routes

        super().__init__(source, allowances=line_allowances(source.text))
        try:
            self.routes = read_nginx_routes(MappedText.verbatim(source.text, 0))
            self.whole = any(one.name.text == "http" for one in read_nginx(source.text))
        except DirectiveError as error:
            raise refusal(NGINX, source.text, error) from None

    def landmarks(self) -> Iterator[Landmark]:
        """That it may include others."""
        if self.whole:
            yield Landmark(including(), self.span)


class HaproxyFile(ProxyFile):
    """A configuration of HAProxy."""

    kind = "haproxy"
    __slots__ = ()

    def __init__(self, source: Source) -> None:
        from imagelint.documents.proxies.haproxy import read_haproxy_routes

        super().__init__(source, allowances=line_allowances(source.text))
        self.routes = read_haproxy_routes(MappedText.verbatim(source.text, 0))


class CaddyFile(ProxyFile):
    """A Caddyfile, or a part of one that another imports."""

    kind = "caddy"
    __slots__ = ()

    def __init__(self, source: Source) -> None:
        from imagelint.documents.proxies.caddyroutes import CADDY, read_caddy_routes
        from imagelint.documents.proxies.directives import DirectiveError, refusal

        super().__init__(source, allowances=line_allowances(source.text))
        try:
            self.routes = read_caddy_routes(MappedText.verbatim(source.text, 0))
        except DirectiveError as error:
            raise refusal(CADDY, source.text, error) from None


class TraefikFile(ProxyFile):
    """A file of Traefik's file provider in YAML: routers, services, middlewares, transports."""

    kind = "traefik"
    __slots__ = ()

    def __init__(self, source: Source) -> None:
        from imagelint.documents.proxies.traefik import file_routes
        from imagelint.documents.yaml.cursor import Cursor
        from imagelint.documents.yaml.document import duplicate_complaints, read_stream

        stream = read_stream(source, self.kind)
        super().__init__(
            source,
            complaints=duplicate_complaints(stream),
            allowances=comment_allowances(source, stream.documents),
        )
        self.routes = tuple(
            route for root in stream.documents for route in file_routes(Cursor(root))
        )


def read_nginx_file(source: Source) -> NginxFile:
    """Read a configuration of nginx.

    Raises:
        DocumentError: nginx would not read it either.
    """
    return NginxFile(source)


def read_haproxy_file(source: Source) -> HaproxyFile:
    """Read a configuration of HAProxy; lines that it does not know say nothing.

    Raises:
        DocumentError: it is a template.
    """
    return HaproxyFile(source)


def read_caddy_file(source: Source) -> CaddyFile:
    """Read a Caddyfile; directives that matter to no way say nothing.

    Raises:
        DocumentError: it is a template, or Caddy would not read it either.
    """
    return CaddyFile(source)


def read_traefik_file(source: Source) -> TraefikFile:
    """Read a file of Traefik's file provider.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    return TraefikFile(source)
