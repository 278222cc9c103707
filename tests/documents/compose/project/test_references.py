"""What is said of names depends on whether all files of the project are at hand."""

from __future__ import annotations

from imagelint.core.source import Source
from imagelint.documents.complaints import UndefinedComposeName
from imagelint.documents.compose.document import parse_compose

USES = "services:\n  a:\n    image: example.com/a:1.2.3\n    networks: [front]\n"


def undefined(name: str, text: str, others: dict[str, str]) -> list[str]:
    document = parse_compose(Source(name, text), others.get)
    return [one.subject for one in document.nodes_of(UndefinedComposeName)]


def test_a_file_that_cannot_be_had_may_define_anything() -> None:
    assert undefined("compose.yaml", USES, {}) == ["front"]
    assert undefined("compose.yaml", f"include: [missing.yaml]\n{USES}", {}) == []
    assert undefined("compose.yaml", f"include: ['https://example.com/c.yaml']\n{USES}", {}) == []


def test_files_that_are_chosen_are_all_that_there_are() -> None:
    chosen = {".env": "COMPOSE_FILE=a.yaml:b.yaml", "b.yaml": "networks: {back: }\n"}
    assert undefined("a.yaml", USES, chosen) == ["front"]
    assert undefined("a.yaml", USES, {**chosen, "b.yaml": "networks: {front: }\n"}) == []
    assert undefined("a.yaml", USES, {}) == []
    assert undefined("a.yaml", USES, {".env": "COMPOSE_FILE=a.yaml"}) == []


def test_sections_that_cannot_be_read_may_define_anything() -> None:
    assert undefined("compose.yaml", f"{USES}networks: ${{NETWORKS}}\n", {}) == []
