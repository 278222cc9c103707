"""What ConfigMaps, Secrets and the generators of kustomizations hold."""

from __future__ import annotations

import binascii
import zlib
from base64 import b64decode
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple
from imagelint.documents.shared import Holder, Setting
from imagelint.documents.yaml.settings import chart_settings, setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.cursor import Cursor

# A Secret holds at most 1 MiB: kubernetes.io/docs/concepts/configuration/secret.
_LONGEST_ENCODED = 1_500_000
_SHORTEST = 40  # no manifest is as short
_TEXTS = {"ConfigMap": "data", "Secret": "stringData"}
"""Where objects hold texts under the names of files."""
_ENCODED = {"ConfigMap": "binaryData", "Secret": "data"}
"""Where they hold the same in base64."""
_GZIP = b"\x1f\x8b"
# https://fleet.rancher.io/ref-bundle
_BUNDLES = ("fleet.cattle.io", "Bundle")
# Objects that may hold the values of a chart.
_DELIVERING = ("HelmRelease", "HelmChart", "HelmChartConfig", "Application")
_GENERATORS = (
    ("configMapGenerator", Holder.CONFIG_MAP_GENERATOR),
    ("secretGenerator", Holder.SECRET_GENERATOR),
)


def held_texts(obj: KubernetesObject) -> Iterator[tuple[str, Cursor]]:
    """The texts that an object holds as files, by their names."""
    if obj.kind in _TEXTS and not obj.group:
        yield from obj.body[_TEXTS[obj.kind]].entries()


class EncodedText(NamedTuple):
    """A text that stands at a place in base64; `is_whole` unless only its start was unpacked."""

    place: Cursor
    text: str
    is_whole: bool = True


def encoded_texts(obj: KubernetesObject) -> Iterator[EncodedText]:
    """The texts that an object holds in base64, compressed or not."""
    found: Iterable[Cursor] = ()
    if obj.kind in _ENCODED and not obj.group:
        found = (place for _, place in obj.body[_ENCODED[obj.kind]].entries())
    elif (obj.group, obj.kind) == _BUNDLES:
        found = (one["content"] for one in obj.body.at("spec", "resources").items())
    for place in found:
        text = place.word()
        unpacked = _unpacked(text, place) if len(text) >= _SHORTEST else None
        if unpacked is None and obj.kind not in _ENCODED:
            unpacked = EncodedText(place, text)  # a bundle holds texts as they are, too
        if unpacked is not None:
            yield unpacked


def may_hold_manifests(objects: Iterable[KubernetesObject], text: str) -> bool:
    """Whether one of the objects of a text may hold another manifest."""
    plain = text.count("apiVersion") > 1
    return any(
        (plain and any(held_texts(obj)))
        or (obj.kind in _ENCODED and not obj.group and obj.body[_ENCODED[obj.kind]].exists)
        or (obj.group, obj.kind) == _BUNDLES
        for obj in objects
    )


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
    elif obj.kind in _DELIVERING:
        yield from _annotations(obj)


def _annotations(obj: KubernetesObject) -> Iterator[Setting]:
    """What the values of a chart that an object has deployed say under names of annotations."""
    from imagelint.documents.gitops.valueimages import delivered_values

    for _, values in delivered_values(obj):
        yield from (one for one in chart_settings((values,)) if "/" in one.name)


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


def _unpacked(text: str, place: Cursor) -> EncodedText | None:
    """The text that base64 holds, compressed or not; None for what is none."""
    if len(text) > _LONGEST_ENCODED:
        return None
    try:
        data = b64decode("".join(text.split()), validate=True)
        if data.startswith(_GZIP):
            unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
            data = unpacking.decompress(data, _LONGEST_ENCODED)
            if not unpacking.eof:  # too long, or cut: the last character may be, too
                return EncodedText(place, data.decode("utf-8", "ignore"), is_whole=False)
        return EncodedText(place, data.decode("utf-8"))
    except (binascii.Error, zlib.error, ValueError):
        return None


def _generated(obj: KubernetesObject) -> Iterator[Setting]:
    for field, holder in _GENERATORS:
        for generator in obj.body[field].items():
            for literal in generator["literals"].items():
                name, equals, _ = literal.word().partition("=")
                if equals:
                    yield from setting(name, literal, holder, len(name) + 1)
