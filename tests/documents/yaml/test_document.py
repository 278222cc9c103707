from __future__ import annotations

import pytest

from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.yaml.document import duplicate_complaints, read_stream


@pytest.mark.parametrize(
    ("text", "kind", "at", "message"),
    [
        ("a: b: c", ProblemKind.UNPARSABLE, 4, "mapping values are not allowed"),
        ("a: 1\n{{- end }}", ProblemKind.TEMPLATE, 5, "this is a template"),
        ("- " * 300, ProblemKind.TOO_LARGE, 400, "nested more than 200 levels"),
    ],
)
def test_refusals_say_why_and_where(text: str, kind: ProblemKind, at: int, message: str) -> None:
    with pytest.raises(DocumentError, match=message) as caught:
        read_stream(Source("a.yaml", text), "kubernetes")
    assert caught.value.kind is kind
    assert caught.value.span is not None
    assert caught.value.span.start >= at


def test_each_key_that_is_written_again_is_a_complaint() -> None:
    stream = read_stream(Source("a.yaml", "a: 1\na: 2\nb: {c: 1, c: 2, c: 3}\n"), "compose")
    complaints = duplicate_complaints(stream)
    assert [complaint.span.start for complaint in complaints] == [20, 26, 5]
    assert [complaint.subject for complaint in complaints] == ["c", "c", "a"]
    assert complaints[0].message == "the key `c` is written twice in the same mapping"
