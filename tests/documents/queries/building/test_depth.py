from __future__ import annotations

import pytest

from imagelint.core.source import Source
from imagelint.documents.dockerfile.frontend import read_dockerfile
from imagelint.documents.queries.building.depth import DEEPEST
from imagelint.documents.queries.building.foreign import foreign_copies
from imagelint.documents.queries.building.latelayers import late_removals
from imagelint.documents.queries.building.programs import missing_programs
from imagelint.documents.queries.building.pythons import (
    hidden_environment,
    refused_by_pip,
    refused_by_uv,
)
from imagelint.documents.queries.building.unprivileged import refused_steps

FIRST = """\
FROM golang:1.24 AS build
RUN go build -o /out/server .
FROM debian:12.8-slim AS s0
COPY a.tar.gz /tmp/a.tar.gz
RUN apt-get update && apt-get install -y python3-pip
"""
LAST = """\
COPY --from=build /out/server /server
RUN rm /tmp/a.tar.gz
RUN uv pip install a==1
RUN pip3 install a==1
RUN uv sync
USER app
RUN apt-get install -y b
CMD ["python3", "main.py"]
"""


def counts(depth: int) -> list[int]:
    between = "".join(f"FROM s{at} AS s{at + 1}\n" for at in range(depth))
    document = read_dockerfile(Source("Dockerfile", FIRST + between + LAST))
    stage = document.stages[-1]
    return [
        len(list(late_removals(document, stage))),
        len(list(refused_steps(document, stage))),
        len(list(refused_by_pip(document, stage))),
        len(list(refused_by_uv(document, stage))),
        int(hidden_environment(document, stage) is not None),
        len(list(foreign_copies(document, stage))),
        len(list(missing_programs(document, stage))),
    ]


@pytest.mark.parametrize("depth", [0, DEEPEST - 1])
def test_stages_upon_stages_are_read_together(depth: int) -> None:
    told = counts(depth)
    assert told[0] == 1
    assert told[1] == 1
    assert told[2] == 1


def test_too_many_stages_upon_each_other_are_not_read() -> None:
    assert counts(DEEPEST) == [0, 0, 0, 0, 0, 0, 0]
