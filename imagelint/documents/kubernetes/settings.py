"""What ConfigMaps, Secrets and the generators of kustomizations hold."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import TYPE_CHECKING

from imagelint.documents.shared import Holder, Setting
from imagelint.documents.yaml.settings import setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.cursor import Cursor

# A Secret holds at most 1 MiB: kubernetes.io/docs/concepts/configuration/secret.
_LONGEST_ENCODED = 1_500_000
_TEXTS = {"ConfigMap": "data", "Secret": "stringData"}
"""Where objects hold texts under the names of files."""
_GENERATORS = (
    ("configMapGenerator", Holder.CONFIG_MAP_GENERATOR),
    ("secretGenerator", Holder.SECRET_GENERATOR),
)


def held_texts(obj: KubernetesObject) -> Iterator[tuple[str, Cursor]]:
    """The texts that an object holds as files, by their names."""
    if obj.kind in _TEXTS and not obj.group:
        yield from obj.body[_TEXTS[obj.kind]].entries()


def read_settings(obj: KubernetesObject) -> Iterator[Setting]:
    """The settings of an object; none for every other kind."""
    if obj.kind == "ConfigMap":
        for name, place in obj.body["data"].entries():
            yield from setting(name, place, Holder.CONFIG_MAP)
        yield from _decoded(obj.body["binaryData"], Holder.CONFIG_MAP)
    elif obj.kind == "Secret":
        yield from _of_secret(obj)
    elif obj.kind in ("Kustomization", "Component"):
        yield from _generated(obj)


def _of_secret(obj: KubernetesObject) -> Iterator[Setting]:
    yield from _decoded(obj.body["data"], Holder.SECRET)
    for name, place in obj.body["stringData"].entries():
        yield from setting(name, place, Holder.SECRET)


def _decoded(data: Cursor, holder: Holder) -> Iterator[Setting]:
    for name, place in data.entries():
        for encoded in setting(name, place, holder):
            text = decoded(encoded.text)
            if text is not None:
                yield encoded._replace(text=text, verbatim=False, encoded=True)


def decoded(text: str) -> str | None:
    """The text that base64 holds; None for what is no base64, no text, or too long."""
    if len(text) > _LONGEST_ENCODED:
        return None
    try:
        return b64decode("".join(text.split()), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None


def _generated(obj: KubernetesObject) -> Iterator[Setting]:
    for field, holder in _GENERATORS:
        for generator in obj.body[field].items():
            for literal in generator["literals"].items():
                name, equals, _ = literal.word().partition("=")
                if equals:
                    yield from setting(name, literal, holder, len(name) + 1)
