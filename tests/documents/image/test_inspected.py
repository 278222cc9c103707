"""Images that are described by a text."""

from __future__ import annotations

import json

import pytest

from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.detect import detect
from imagelint.documents.image.inspected import parse_inspected
from imagelint.documents.image.layers.nodes import FileRole, LayerContents, LayerFiles, UnreadLayer

FILES = [
    {"path": "usr/bin/sudo", "mode": "4755", "size": 3},
    {"path": "usr/bin/ping", "capability": "cap_net_raw", "content": "x"},
    {"path": "up", "kind": "link", "link": "../../x"},
    {"path": "opt", "kind": "folder", "mode": "777"},
    {"path": "dev/sda", "kind": "device"},
]
TEXT = {
    "inspected": "registry.example.com/app:1",
    "config": {"config": {"User": "7"}, "history": [{"created_by": "COPY a /b"}]},
    "layers": [{"size": 9_000_000, "files": FILES}],
}


def test_files_are_as_they_are_described() -> None:
    target = parse_inspected(Source("image.json", json.dumps(TEXT)))
    assert target.config is not None
    assert target.config.user == "7"
    nodes = list(target.nodes())
    roles = {node.role for node in nodes if isinstance(node, LayerFiles)}
    assert roles == {
        FileRole.SETUID,
        FileRole.OUTSIDE,
        FileRole.WORLD_WRITABLE,
        FileRole.DEVICE,
    }
    (layer,) = (node for node in nodes if isinstance(node, LayerContents))
    assert (layer.size, layer.command) == (9_000_000, "COPY a /b")


def test_what_cannot_be_a_layer_is_not_read() -> None:
    text = {**TEXT, "layers": [{"files": [{"path": "x/" * 3000}]}]}
    nodes = parse_inspected(Source("image.json", json.dumps(text))).nodes()
    assert any(isinstance(node, UnreadLayer) for node in nodes)


@pytest.mark.parametrize(
    "layer",
    [
        *({"files": [{"path": "a", **one}]} for one in ({"mode": "9"}, {"content": "\ud800"})),
        *({"files": [{"path": "a", **one}]} for one in ({"link": "\ud800"}, {"size": -9e299})),
    ],
)
def test_what_no_archive_can_hold_is_refused(layer: dict[str, object]) -> None:
    text = {**TEXT, "layers": [layer]}
    with pytest.raises(DocumentError, match="no archive can hold"):
        parse_inspected(Source("image.json", json.dumps(text)))


def test_such_a_text_is_known_by_how_it_begins() -> None:
    assert detect("image.json", json.dumps(TEXT)) == "image"
    assert detect("image.json", json.dumps({"layers": [], **TEXT})) == ""


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(DocumentError, match="the description of an image"):
        parse_inspected(Source("image.json", "{"))
