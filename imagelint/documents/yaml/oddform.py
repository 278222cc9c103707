"""Manifests and compose files in forms that people do not write, but programs read all the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.documents.yaml.nodes import Mapping

if TYPE_CHECKING:
    from imagelint.documents.yaml.load import Cursor

# Where YAML holds these words, they may be keys of a document that is indented, in braces, tagged,
# or behind `?`; an escape may hide them.
_OBJECT = pattern(r"\bapiVersion\b|^[\"']?kind[\"']?[ \t]*:|\"kind\"[ \t]*:", re.MULTILINE)
_API_VERSION = pattern(r"(?:^[ \t]*(?:- )?|[{,][ \t]*)[\"']?apiVersion[\"']?[ \t]*:", re.MULTILINE)
_KIND = pattern(r"^[\"']?kind[\"']?[ \t]*:[ \t]*[\"']?(\w+)", re.MULTILINE)
_OF_KIND = pattern(r"[A-Z][A-Za-z0-9]*")
_FLOWING = pattern(r"^[\"']?services[\"']?[ \t]*:[ \t]*[{&!]", re.MULTILINE)
_SERVICES = pattern(
    r"\A(?:[ \t]*+(?:#.*+|---|%.*+)?\r?\n)*+(?:---)?(?:[ \t]+[\"'{?!&\w]|[\"'{?!&])"
)
# Keys in base64: `!!binary a2luZA==`, or the tag in full.
_BINARY = "binary"
_ESCAPED_KEY = pattern(r'"[^"\n]{0,99}\\[xuU][^"\n]{0,99}"[ \t]{0,99}:', re.MULTILINE)


def odd_kind(text: str) -> str:
    """`kubernetes` or `compose` for a text that is one by its structure, empty otherwise."""
    services = "services" in text and bool(_SERVICES.match(text) or _FLOWING.search(text))
    if not (services or _OBJECT.search(text) or _ESCAPED_KEY.search(text) or _BINARY in text):
        return ""
    from imagelint.documents.yaml.load import Cursor, YamlError, load_yaml

    try:
        documents = load_yaml(text)
    except YamlError as error:
        # What is broken is said by the reader, with its place.
        ours = error.too_large or _API_VERSION.search(text) or _names_kind(text)
        return "kubernetes" if ours else ""
    kinds = (_kind(Cursor(document)) for document in documents)
    return next((kind for kind in kinds if kind), "")


def _names_kind(text: str) -> bool:
    """Whether a text that is no YAML says that it is a kind of Kubernetes."""
    from imagelint.knowledge.kubernetes.kinds import served

    return any(served(match[1]) for match in _KIND.finditer(text))


def _kind(document: Cursor) -> str:
    if _is_named_object(document):
        return "kubernetes"
    if any(_is_object(place) for place in (document, *document.items())):
        return "kubernetes"
    services = document["services"].entries()
    fields = ("image", "build", "extends")
    if any(service[field].exists for _, service in services for field in fields):
        return "compose"
    return ""


def _is_object(place: Cursor) -> bool:
    version, kind = place["apiVersion"], place["kind"]
    if not (version.exists or kind.exists):
        return False
    from imagelint.knowledge.kubernetes.kinds import group_of, versions

    api = version.word()
    of_an_api = version.templated or api in versions() or "." in group_of(api)
    if of_an_api and kind.exists:
        return True
    # One of the two is missing, spelt wrongly, or a word of another program.
    bodies = [isinstance(place[key].node, Mapping) for key in ("metadata", "spec")]
    if any(bodies) and of_an_api:
        return True
    return (any(bodies) or (version.exists and kind.exists)) and _is_meant(place)


def _is_meant(place: Cursor) -> bool:
    """Whether an object of no API is meant for Kubernetes: by its kind and body, or a container.

    Everything else that calls itself a kind is another program's.
    """
    from imagelint.documents.kubernetes.identity import suits
    from imagelint.documents.kubernetes.pods.shapes import holds_containers

    kind = place["kind"].word()
    return (_is_known(kind) and suits(place, kind)) or holds_containers(place.node)


def _is_named_object(document: Cursor) -> bool:
    """Whether a document has the name and the body of an object of a known kind, no `apiVersion`.

    Of another kind it is any program's, as a list of such things is.
    """
    kind, name = document["kind"].word(), document.at("metadata", "name").word()
    bodies = (key != "metadata" and isinstance(at.node, Mapping) for key, at in document.entries())
    if not (_OF_KIND.fullmatch(kind) and name and any(bodies)):
        return False
    return _is_known(kind) and _is_meant(document)


def _is_known(kind: str) -> bool:
    """Whether Kubernetes, or an operator that we know, has a kind of that name."""
    from imagelint.knowledge.kubernetes.custom_resources import apis_with
    from imagelint.knowledge.kubernetes.kinds import served
    from imagelint.knowledge.kubernetes.operators import knows_kind

    return bool(served(kind) or apis_with(kind)) or knows_kind(kind)
