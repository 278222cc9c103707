from __future__ import annotations

import pytest

from imagelint.documents.queries.context import whole_context
from tests.documents.queries.dockerfiles import dockerfile


@pytest.mark.parametrize(
    ("instruction", "word"),
    [
        ("COPY . /app", "."),
        ('ADD ["./", "/app"]', '"./"'),
        ("COPY --from=build . /app", None),
        ("COPY --exclude=.git . /app", None),
        ("COPY src $X /app", None),
        ("RUN cp . /app", None),
    ],
)
def test_the_whole_context_is_named_by_one_word(instruction: str, word: str | None) -> None:
    document = dockerfile("FROM alpine:3.20", instruction)
    found = whole_context(document.stages[0].instructions[-1])
    assert (found.raw if found else None) == word
