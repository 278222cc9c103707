from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.report import Report
from imagelint.core.source import Source
from imagelint.deployment.landmarks import Holding, Landmarks, holding
from imagelint.documents.detect import parse
from imagelint.documents.kubernetes.landmarks import service_named
from imagelint.documents.project import mark_of

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.project import Word

KIND = "kubernetes"
NAMES = {"a.yaml": "one", "b.yaml": "two", "c.yaml": "one", "d.yaml": "three"}


def document(origin: str) -> Document:
    text = f"apiVersion: v1\nkind: Service\nmetadata: {{name: {NAMES[origin]}}}\n"
    return parse(Source(origin, text), KIND, lambda _name: None)


class Files:
    """The files above, and which of them were parsed."""

    def __init__(self) -> None:
        self.parsed: list[str] = []
        self.landmarks = Landmarks(lambda _kind: NAMES, self.parse)

    def parse(self, origin: str, word: Word) -> Document | None:
        if word and NAMES[origin] != word:
            return None
        self.parsed.append(origin)
        return document(origin)

    def find(self, name: str, word: str = "") -> list[str]:
        return [origin for origin, _ in self.landmarks.find(KIND, service_named(name), word)]


def test_a_file_of_which_it_is_known_is_parsed_for_what_it_holds_alone() -> None:
    files = Files()
    for origin in NAMES:
        files.landmarks.tell(origin, holding(document(origin)))
    assert files.find("nothing") == []
    assert files.parsed == []
    assert files.find("one") == ["a.yaml", "c.yaml"] == files.parsed
    assert files.find("one") == files.parsed
    assert files.find("two") == ["b.yaml"]
    assert files.parsed == ["a.yaml", "c.yaml", "b.yaml"]


def test_a_file_of_which_nothing_is_known_is_parsed_for_everything() -> None:
    files = Files()
    files.landmarks.tell("c.yaml", holding(document("c.yaml")))
    assert files.find("three", "three") == ["d.yaml"]
    assert files.parsed == ["d.yaml"]
    assert files.find("one") == ["a.yaml", "c.yaml"]
    assert sorted(files.parsed) == list(NAMES)


def test_what_is_known_elsewhere_is_known() -> None:
    known, files = Files(), Files()
    known.landmarks.tell("a.yaml", Holding())
    files.landmarks.adopt(known.landmarks, ["a.yaml", "b.yaml"])
    assert files.find("one") == ["c.yaml"]


def test_who_holds_something_is_known_of_all_and_parsed_once() -> None:
    files = Files()
    files.landmarks.tell("a.yaml", Holding((mark_of(KIND, service_named("one")),), ("x",)))
    mark = mark_of(KIND, service_named("one"))
    own = holding(document("c.yaml"))
    expected = [("a.yaml", Holding((mark,), ("x",))), ("c.yaml", own)]
    assert files.landmarks.holders(KIND, mark) == expected == files.landmarks.holders(KIND, mark)
    assert files.parsed == ["b.yaml", "c.yaml", "d.yaml"]


def test_what_is_no_document_holds_nothing() -> None:
    assert holding(Report()) == holding(None) == Holding()
