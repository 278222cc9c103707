from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import Known
from imagelint.core.redact import MASK
from imagelint.core.source import Source, Span
from imagelint.documents.base import Document, Text
from imagelint.documents.detect import parse
from imagelint.documents.locate import Locator, Locators, may_name_secret
from imagelint.documents.parts import Attachments, TextPart
from imagelint.documents.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.fact import Fact

COMPOSE = """\
services:
  mysql:
    image: mysql
    environment:
      MYSQL_PASSWORD: mysql
      MYSQL_ROOT_PASSWORD: sup3rs3cret
      API_TOKEN: opensesame
"""

CONTAINER = """\
apiVersion: v1
kind: Pod
metadata: {{name: llm}}
spec:
  containers:
  - name: server
    image: vllm/vllm-openai:v0.18.0
    env:
    - {{name: FLAG, value: --api-key}}
    - {{name: A, value: x}}
    - {{name: FILLED, value: correct-1}}
    command:
    - sh
    - -c
    - {}
"""


def locator() -> Locator:
    return Locator(parse(Source("compose.yaml", COMPOSE), "compose"))


def test_a_secret_is_masked_in_messages() -> None:
    assert locator().redact("the value sup3rs3cret is bad") == f"the value {MASK} is bad"
    assert locator().redact("opensesame") == MASK


@pytest.mark.parametrize(
    ("message", "masked"),
    [
        ("Aaaa1 and Aaaa11 and Aaaa111", f"{MASK} and {MASK} and {MASK}"),
        ("Aaaa11Aaaa1", MASK * 2),
        ("1Bbbbb and Aaaa11Bbbbb", f"1Bbbbb and {MASK}"),  # two that overlap
        ("Bbbbb11Bbbbb", f"Bbbbb{MASK}"),
        ("Aaaa", "Aaaa"),
        ("", ""),
    ],
)
def test_of_values_that_overlap_nothing_is_left(message: str, masked: str) -> None:
    values = ("Aaaa1", "Aaaa11", "Aaaa111", "11Bbbbb")
    text = "".join(f"ENV A{number}_PASSWORD={value}\n" for number, value in enumerate(values))
    document = parse(Source("Dockerfile", f"FROM a\n{text}"), "dockerfile")
    assert Locator(document).redact(message) == masked


def test_a_word_that_the_text_says_openly_is_not() -> None:
    assert locator().redact("`mysql` has no tag") == "`mysql` has no tag"


def test_excerpts_mask_where_the_secret_is_written() -> None:
    start = COMPOSE.index("MYSQL_PASSWORD")
    (line,) = locator().locate(Span(start, start + 5)).excerpt.lines
    assert line == "      MYSQL_PASSWORD: •••••"


@pytest.mark.parametrize(
    "script",
    [
        "'vllm serve m --api-key ''correct-horse-1'' --port 1'",
        '"vllm serve m\\t--api-key\\tcorrect-horse-1"',
        '"vllm serve m \\"--api-key\\" correct-horse-1"',
        '"vllm serve $(A) $(FLAG) correct-horse-1"',
        ">-\n      vllm serve m --api-key\n      correct-horse-1",
        "|\n      vllm serve m --api-key \\\n        correct-horse-1",
        "'export VLLM_API_KEY=''correct-horse-1''; vllm serve m'",
    ],
)
def test_what_a_server_is_told_in_secret_is_masked_however_it_is_written(script: str) -> None:
    text = CONTAINER.format(script)
    document = parse(Source("pod.yaml", text), "kubernetes")
    start = text.index("correct-horse-1")
    found = Locator(document).locate(Text(Span(start, start + 1)))
    assert found.excerpt is not None
    assert "horse" not in "".join(found.excerpt.lines)
    assert Locator(document).redact("correct-horse-1") == MASK


def test_what_only_stands_for_a_secret_is_shown() -> None:
    text = CONTAINER.format('"vllm serve m --api-key EMPTY --hf-token $(FILLED)"')
    document = parse(Source("pod.yaml", text), "kubernetes")
    assert Locator(document).redact("EMPTY, not $(FILLED)") == "EMPTY, not $(FILLED)"


def test_a_place_in_an_attached_text_is_one_of_its_file() -> None:
    own = Source("Dockerfile", "FROM a\n")
    script = Source("start.sh", "one\n  two sup3rs3cret\n")
    part = TextPart(len(own.text) + 1, script)
    document = _Kept(own, attachments=Attachments((part,)))
    found = Locator(document).locate(part.shifted(Span(6, 9)))
    assert (found.origin, found.span, found.start) == ("start.sh", Span(6, 9), (2, 3))
    assert found.excerpt is not None
    assert found.excerpt.lines == ("  two •••••••••••",)
    assert document.written(part.shifted(Span(6, 9))) == "two"
    assert Locator(document).redact("it says sup3rs3cret") == f"it says {MASK}"
    assert part.next_start == part.start + len(script.text) + 1


class _Kept(Document):
    def concealed(self) -> Iterator[Span]:
        start = self.attached[0].source.text.index("sup3rs3cret")
        yield self.attached[0].shifted(Span(start, start + len("sup3rs3cret")))


def test_a_pattern_of_a_secret_is_masked_in_an_attached_text_too() -> None:
    token = "ghp_" + "a1B2" * 9
    part = TextPart(8, Source("start.sh", f"export X={token}\n"))
    document = Document(Source("Dockerfile", "FROM a\n"), attachments=Attachments((part,)))
    found = Locator(document).locate(part.shifted(Span(0, 6)))
    assert found.excerpt is not None
    assert token not in found.excerpt.lines[0]


def test_a_word_that_an_attached_text_says_openly_is_not_masked() -> None:
    own = Source("Dockerfile", "FROM a\n")
    part = TextPart(8, Source("start.sh", "PASSWORD=root\nid root\n"))
    document = _Rooted(own, attachments=Attachments((part,)))
    assert Locator(document).redact("it runs as root") == "it runs as root"
    alone = TextPart(8, Source("start.sh", "PASSWORD=root\nid\n"))
    document = _Rooted(own, attachments=Attachments((alone,)))
    assert Locator(document).redact("it runs as root") == f"it runs as {MASK}"


class _Rooted(Document):
    def concealed(self) -> Iterator[Span]:
        yield self.attached[0].shifted(Span(9, 13))


def test_only_a_part_with_a_word_that_tells_may_name_a_secret() -> None:
    text = "FROM a\nRUN b --password hunter2222\nRUN c\n"
    document = parse(Source("Dockerfile", text), "dockerfile")
    lines = [document.source.line_span(number) for number in (1, 2, 3)]
    assert [may_name_secret(document, span) for span in lines] == [False, True, False]


def test_where_lower_case_moves_letters_any_part_may_name_one() -> None:
    document = parse(Source("Dockerfile", "FROM a\nLABEL x=\u0130\n"), "dockerfile")
    assert may_name_secret(document, Span(0, 6))


def test_a_document_is_read_once_in_a_run_to_mask_what_it_may_have_brought() -> None:
    other = parse(Source("compose.yaml", COMPOSE), "compose")
    own = parse(Source("Dockerfile", "FROM alpine:3.20\n"), "dockerfile")
    assert isinstance(other, Document)
    assert isinstance(own, Document)
    read: list[str] = []

    def load(origin: str) -> Fact[Document]:
        read.append(origin)
        return Known(other)

    projects = [Project(load) for _ in range(3)]
    for project in projects:
        project.secret_values = projects[0].secret_values
        project.document("compose.yaml", Document)
    read.clear()
    for project in projects:
        said = Locators(own, project).redact("it is sup3rs3cret, and sup3rs3cret")
        assert said == f"it is {MASK}, and {MASK}"
    assert read == ["compose.yaml"]
