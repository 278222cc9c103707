"""What proxies are told by files that other documents hold: ConfigMaps, configs of compose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.mapped import MappedText
from imagelint.documents.proxies.recognition import HAPROXY_FILE, NGINX_FILE, proxy_language
from imagelint.documents.yaml.nodes import Scalar
from imagelint.documents.yaml.text import contiguous, offsets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.serving.scaling import Route
    from imagelint.documents.yaml.cursor import Cursor

# Helm's, Jinja's: what they leave open is not told here.
_TEMPLATE = pattern(r"\{\{|\{%")


def config_map_routes(obj: KubernetesObject) -> Iterator[Route]:
    """The ways through the proxies whose configuration a ConfigMap holds."""
    for name, place in obj.body["data"].entries():
        for route in held_routes(name, place):
            own = (("ConfigMap", obj.name),) if obj.name else ()
            yield route._replace(namespace=obj.namespace, attached=own)


def held_routes(name: str, place: Cursor) -> Iterator[Route]:
    """The ways that the text at a place defines, which is the content of a file of that name."""
    found = _held(name, place)
    if not isinstance(found, DocumentError):
        yield from found


def unread_proxies(obj: KubernetesObject) -> Iterator[DocumentError]:
    """Why the configurations of proxies in a ConfigMap are not read."""
    for name, place in obj.body["data"].entries():
        found = _held(name, place)
        if isinstance(found, DocumentError):
            yield found


def _held(name: str, place: Cursor) -> tuple[Route, ...] | DocumentError:
    scalar = place.node
    if not isinstance(scalar, Scalar) or _TEMPLATE.search(scalar.text):
        return ()
    language = proxy_language(name, scalar.text)
    if not language:
        return ()
    text = _mapped(scalar)
    if language == HAPROXY_FILE:
        from imagelint.documents.proxies.haproxy import read_haproxy_routes

        return read_haproxy_routes(text)
    if language == NGINX_FILE:
        return _nginx(text)
    from imagelint.documents.proxies.traefik import file_routes
    from imagelint.documents.serving.configfiles import read_config
    from imagelint.documents.yaml.cursor import Cursor

    root = read_config(text)
    return tuple(file_routes(Cursor(root, place.path))) if root is not None else ()


def _nginx(text: MappedText) -> tuple[Route, ...] | DocumentError:
    from imagelint.documents.proxies.nginx import NginxError
    from imagelint.documents.proxies.nginxroutes import read_nginx_routes

    try:
        return read_nginx_routes(text)
    except NginxError as error:
        message = f"nginx cannot read this: {error.message}"
        at = text.place(error.at, error.at)
        return DocumentError(ProblemKind.UNPARSABLE, message, at)


def _mapped(scalar: Scalar) -> MappedText:
    span = contiguous(scalar)
    if span is not None:
        return MappedText.verbatim(scalar.text, span.start)
    return MappedText(scalar.text, scalar.span, offsets(scalar) or ())
