from __future__ import annotations

import pytest

from imagelint.core.source import Source
from imagelint.documents.kubernetes.manifest import parse_manifest
from imagelint.documents.kubernetes.wiring import selectors
from imagelint.documents.kubernetes.wiring.nodes import SIGNS_OF_MONITORS, Monitor

KINDS = [*selectors._MONITORS, *selectors._FINDING]
OBJECTS = [f"apiVersion: {group}/v1\nkind: {kind}\n" for group, kind in KINDS]
FILES = [f"apiVersion: v1\nkind: ConfigMap\ndata: {{a: '{words}'}}\n" for words in selectors._JOBS]


@pytest.mark.parametrize("text", [*OBJECTS, *FILES])
def test_a_text_with_a_monitor_has_a_sign_of_one(text: str) -> None:
    assert parse_manifest(Source("a.yaml", text)).nodes_of(Monitor)
    assert any(sign in text for sign in SIGNS_OF_MONITORS)


def test_a_text_without_a_monitor_needs_no_sign() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\ndata: {a: scrape}\n"
    assert not parse_manifest(Source("a.yaml", text)).nodes_of(Monitor)
