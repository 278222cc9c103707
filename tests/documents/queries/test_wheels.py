from __future__ import annotations

from imagelint.documents.queries.wheels import wheel_indexes
from tests.documents.queries.dockerfiles import dockerfile


def test_indexes_are_named_in_commands_and_variables_of_the_stage() -> None:
    document = dockerfile(
        "FROM python:3.12 AS other",
        "RUN pip install --index-url https://example.com/other a",
        "FROM python:3.12",
        "ENV UV_INDEX='https://example.com/a https://example.com/b'",
        "ENV PIP_INDEX_URL=$UNKNOWN",
        "RUN pip install --extra-index-url https://example.com/c --index-url $X a",
    )
    found = [url for _, url in wheel_indexes(document.stages[1])]
    assert found == [f"https://example.com/{name}" for name in "abc"]
