"""The schemas of custom resource definitions, read when an object of theirs is there.

What is passed over while a manifest is read (see `documents.yaml.skim`) is read here.
https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from imagelint.core.digest import digest_of
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.base import Landmark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.source import Span
    from imagelint.documents.base import Document, Key
    from imagelint.documents.kubernetes.objects import KubernetesObject

DEFINITION, MUTATION = "CustomResourceDefinition", "MutatingWebhookConfiguration"
"""The kinds of what defines others, and of what changes them before they are validated."""
_VERSION = "apiextensions.k8s.io/v1"
_KIND = pattern(r"\bkind['\"]?[ \t]*:[ \t]*['\"]?([A-Z]\w*)")

Schema = dict[str, object]
"""A structural schema, as JSON: its parts are of whatever type somebody wrote."""


class Definition(NamedTuple):
    """Where a definition stands, its name (`<plural>.<group>`), and the digest of its text."""

    span: Span
    name: str
    digest: str = ""


class DefinedKind(NamedTuple):
    """A kind with the schemas of its versions that are served; `loose` drops no unknown field."""

    kind: str
    versions: Mapping[str, Schema | None]
    loose: bool


def definitions_of(group: str, kind: str) -> Key:
    """What may define a kind of a group: definitions in which that word is called a kind."""
    return ("definitions of", group, kind)


def mutations_of(group: str) -> Key:
    """The webhooks that may change objects of a group before they are validated."""
    return ("mutations of", group)


def mutated_groups(obj: KubernetesObject) -> Iterator[str]:
    """The groups of what a configuration of webhooks may change; `*` is all of them."""
    for webhook in obj.body["webhooks"].items():
        for rule in webhook["rules"].items():
            yield from (one.word() for one in rule["apiGroups"].items())


def definition(obj: KubernetesObject) -> Definition | None:
    """The definition that an object is, None for every other kind."""
    if obj.kind != DEFINITION or obj.api_version != _VERSION or "." not in obj.name:
        return None
    return Definition(obj.span, obj.name)


def defining_landmarks(obj: KubernetesObject, text: str) -> Iterator[Landmark]:
    """What others ask of what defines kinds, or changes their objects; `text` is of its file.

    Which kind it is stands in what was passed over: what may be is told, so that who asks need not
    read the definitions of all other kinds.
    """
    found = definition(obj)
    if found is not None:
        group = obj.name.partition(".")[2]
        start, end = obj.extent
        found = found._replace(digest=digest_of(_standing_alone(text, obj.extent)))
        for kind in sorted({match[1] for match in _KIND.finditer(text, start, end)}):
            yield Landmark(definitions_of(group, kind), found)
    elif obj.kind == MUTATION:
        for group in dict.fromkeys(mutated_groups(obj)):
            yield Landmark(mutations_of(group), obj)


def defined_kind(document: Document, name: str) -> DefinedKind | None:
    """The kind that a definition of a manifest defines, by the name of that; the last counts."""
    extent = document.derived(_extents).get(name)
    return None if extent is None else _read(document.source.text, extent)


def _extents(document: Document) -> dict[str, Span]:
    """Where the definitions of a manifest stand, by their names."""
    from imagelint.documents.kubernetes.manifest import Manifest

    objects = document.objects if isinstance(document, Manifest) else ()
    return {obj.name: obj.extent for obj in objects if definition(obj)}


def _read(text: str, extent: Span) -> DefinedKind:
    spec = _mapping(_mapping(_loaded(_standing_alone(text, extent))).get("spec"))
    kind = _mapping(spec.get("names")).get("kind")
    loose = spec.get("preserveUnknownFields") is True
    return DefinedKind(str(kind or ""), dict(_versions(spec.get("versions"))), loose)


def _standing_alone(text: str, extent: Span) -> str:
    """The text of a definition, its first line indented like the others."""
    start, end = extent
    column = start - (text.rfind("\n", 0, start) + 1)
    return " " * column + text[start:end]


def _loaded(text: str) -> object:
    from imagelint.documents.yaml.plain import load_plain
    from imagelint.documents.yaml.pyyaml import yaml

    try:
        return load_plain(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _versions(listed: object) -> Iterator[tuple[str, Schema | None]]:
    for one in listed if isinstance(listed, list) else ():
        version = _mapping(one)
        if version.get("served") is not False:
            schema = _mapping(version.get("schema")).get("openAPIV3Schema")
            known = _without_prose(cast("Schema", schema)) if isinstance(schema, dict) else None
            yield str(version.get("name")), known


def _without_prose(schema: Schema) -> Schema:
    """A schema without what it says to people, the most of it, which nothing here reads."""
    rest: list[object] = [schema]
    seen = set()
    while rest:
        part = rest.pop()
        if isinstance(part, list):
            rest += part
        elif isinstance(part, dict) and id(part) not in seen:
            seen.add(id(part))  # by an alias it may stand in several places, in itself as well
            if isinstance(part.get("description"), str):
                del part["description"]
            rest += (value for key, value in part.items() if key not in _DATA)
    return schema


_DATA = ("default", "enum", "example")
"""What holds values of objects, instead of further schemas."""


def _mapping(value: object) -> Schema:
    return cast("Schema", value) if isinstance(value, dict) else {}
