"""What proxies are told by files that other documents hold: ConfigMaps, Secrets, compose files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.kubernetes.settings import encoded_texts, held_texts
from imagelint.documents.proxies.recognition import (
    CADDY_FILE,
    HAPROXY_FILE,
    LITELLM_FILE,
    NGINX_FILE,
    proxy_language,
)
from imagelint.documents.template import BRACES, template_error
from imagelint.documents.yaml.nodes import Scalar
from imagelint.documents.yaml.text import map_scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.mapped import MappedText
    from imagelint.documents.serving.scaling import Route
    from imagelint.documents.yaml.cursor import Cursor


def object_routes(obj: KubernetesObject) -> Iterator[Route]:
    """The ways through the proxies whose configuration a ConfigMap or a Secret holds."""
    for name, place in held_texts(obj):
        for route in held_routes(name, place):
            own = ((obj.kind, obj.name),) if obj.name else ()
            yield route._replace(namespace=obj.namespace, attached=own)


def held_routes(name: str, place: Cursor) -> Iterator[Route]:
    """The ways that the text at a place defines, which is the content of a file of that name."""
    found = _held(name, place)
    if not isinstance(found, DocumentError):
        yield from found


def unread_proxies(obj: KubernetesObject) -> Iterator[DocumentError]:
    """Why the configurations of proxies in a ConfigMap or a Secret are not read."""
    for name, place in held_texts(obj):
        yield from unread_proxy(name, place)
    for place, text, _ in encoded_texts(obj):
        if proxy_language(place.key, text):
            message = "the configuration of a proxy in base64 is not examined"
            yield DocumentError(ProblemKind.UNREADABLE, message, place.key_span, "write it as text")


def unread_proxy(name: str, place: Cursor) -> Iterator[DocumentError]:
    """Why the text at a place is not read, which is the content of a file of that name."""
    found = _held(name, place)
    if isinstance(found, DocumentError):
        yield found


def _held(name: str, place: Cursor) -> tuple[Route, ...] | DocumentError:
    scalar = place.node
    language = proxy_language(name, scalar.text) if isinstance(scalar, Scalar) else ""
    if language in ("", LITELLM_FILE) or not isinstance(scalar, Scalar):
        return ()  # of LiteLLM's file every address is read, whatever it says of them
    text = map_scalar(scalar)
    try:
        return _routes(language, text, place)
    except DocumentError as error:
        at = text.place(*error.span) if error.span is not None else place.span
        return DocumentError(error.kind, error.message, at, error.help)


def _routes(language: str, text: MappedText, place: Cursor) -> tuple[Route, ...]:
    """The ways that a text in the language of a proxy defines.

    Raises:
        DocumentError: it cannot be read, with its place in the text.
    """
    if language == HAPROXY_FILE:
        from imagelint.documents.proxies.haproxy import read_haproxy_routes

        return read_haproxy_routes(text)
    if language in (CADDY_FILE, NGINX_FILE):
        return _directed(language, text)
    from imagelint.documents.proxies.traefik import file_routes
    from imagelint.documents.serving.configfiles import read_config
    from imagelint.documents.yaml.cursor import Cursor

    root = read_config(text)
    if root is None:
        if BRACES.search(text.text):
            raise template_error(text.text)
        raise DocumentError(ProblemKind.UNPARSABLE, "this is not YAML that can be read")
    return tuple(file_routes(Cursor(root, place.path)))


def _directed(language: str, text: MappedText) -> tuple[Route, ...]:
    """The ways that a text of directives defines."""
    from imagelint.documents.proxies.caddyroutes import CADDY, read_caddy_routes
    from imagelint.documents.proxies.directives import DirectiveError, refusal
    from imagelint.documents.proxies.nginxroutes import NGINX, read_nginx_routes

    of_caddy = language == CADDY_FILE
    try:
        return read_caddy_routes(text) if of_caddy else read_nginx_routes(text)
    except DirectiveError as error:
        raise refusal(CADDY if of_caddy else NGINX, text.text, error) from None
