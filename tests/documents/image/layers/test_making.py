from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.source import Source
from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.image.jsonview import JsonView
from imagelint.documents.image.layers import making
from imagelint.documents.image.layers.history import history_of
from imagelint.documents.image.layers.making import making_of
from imagelint.documents.image.layers.nodes import HistoryStep
from imagelint.run.reading.recognition import recognise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.dockerfile.model import Stage

BASE = ("/bin/sh -c #(nop) ADD file:0a in / ", ' /bin/sh -c #(nop)  CMD ["bash"]')
FILE = """\
# syntax=docker/dockerfile:1
ARG TAG=12
FROM python:3.12 AS build
RUN pip wheel vllm
FROM debian:$TAG AS common
WORKDIR /app
FROM common
ARG VERSION=1
COPY --from=build /wheels /wheels/
RUN --mount=type=cache,target=/c pip install \\
    --no-index  /wheels/*.whl
ENV A=b
EXPOSE 8000
USER 10001
CMD ["serve", "--port"]
"""
OWN = (
    "WORKDIR /app",
    " ARG VERSION=1",
    "COPY /wheels /wheels/ # buildkit",
    "RUN |1 VERSION=1 /bin/sh -c pip install     --no-index  /wheels/*.whl # buildkit",
    " ENV A=b",
    " EXPOSE map[8000/tcp:{}]",
    " USER 10001",
    ' CMD ["serve" "--port"]',
)


def steps(*created: str) -> tuple[HistoryStep, ...]:
    """A history; steps that begin with a blank make no layer."""
    entries = [{"created_by": one, "empty_layer": one.startswith(" ")} for one in created]
    layers = sum(not one.startswith(" ") for one in created)
    found = history_of(JsonView({"history": entries}), layers)
    return tuple(one for one in found if isinstance(one, HistoryStep))


def dockerfile(text: str) -> Dockerfile:
    found = recognise(Source("Dockerfile", text))
    assert isinstance(found, Dockerfile)
    return found


def made(text: str, *created: str) -> list[str] | None:
    """By layer, the line that made it and how that begins."""
    file = dockerfile(text)
    history = steps(*created)
    making = making_of(history, file)
    if making is None:
        return None
    return [
        file.source.text[making.of(step).span.start :].split(maxsplit=1)[0]
        + f" {file.source.text[: making.of(step).span.start].count(chr(10)) + 1}"
        for step in history
        if step.layer
    ]


def test_each_layer_has_its_line_and_those_below_that_of_the_base() -> None:
    assert made(FILE, *BASE, *OWN) == ["FROM 5", "WORKDIR 6", "COPY 9", "RUN 10"]


def test_a_builder_need_not_tell_of_arguments() -> None:
    told = [one for one in OWN if "ARG" not in one]
    assert made(FILE, *BASE, *told) == ["FROM 5", "WORKDIR 6", "COPY 9", "RUN 10"]


def test_a_stage_in_between_may_be_what_was_built() -> None:
    built = ("RUN /bin/sh -c pip wheel vllm # buildkit",)
    assert made(FILE, *BASE, *built) == ["FROM 3", "RUN 4"]


@pytest.mark.parametrize(
    "created",
    [
        (),
        ("buildah squashed it",),
        BASE,
        (*BASE, *OWN[:-1]),
        (*BASE, *OWN, " LABEL a=b"),
        (*BASE, *(one.replace("install", "download") for one in OWN)),
        (*BASE, *(one.replace("/wheels/ #", "/elsewhere #") for one in OWN)),
    ],
)
def test_another_history_is_of_another_file(created: tuple[str, ...]) -> None:
    assert made(FILE, *created) is None


def test_nothing_lies_below_scratch() -> None:
    text = "FROM scratch\nCOPY a /a\n"
    assert made(text, "COPY a /a # buildkit") == ["COPY 2"]
    assert made(text, *BASE, "COPY a /a # buildkit") is None


def test_words_that_builders_write_otherwise_need_not_agree() -> None:
    text = 'FROM a\nRUN <<EOF\npip install b\nEOF\nADD $FILE /x\nCOPY b .\nRUN ["a", "b"]\n'
    told = ("RUN /bin/sh -c <<EOF # buildkit", "ADD c /x # buildkit", "COPY b . # buildkit")
    assert made(text, "x", *told, "RUN a b # buildkit") == [
        "FROM 1",
        "RUN 2",
        "ADD 5",
        "COPY 6",
        "RUN 7",
    ]


def test_keywords_alone_prove_nothing() -> None:
    assert made('FROM a\nCMD ["b"]\n', "x", ' CMD ["b"]') is None


def test_stages_upon_stages_are_compared_from_the_end_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walked: list[Stage] = []
    chain = making._chain

    def counting(file: Dockerfile, stage: Stage) -> Iterator[Stage]:
        for one in chain(file, stage):
            walked.append(one)
            yield one

    monkeypatch.setattr(making, "_chain", counting)
    stages = (f"FROM s{at} AS s{at + 1}\nRUN step {at}\nWORKDIR /{at}\n" for at in range(50))
    file = dockerfile("FROM debian:12 AS s0\nRUN begin\n" + "".join(stages))
    assert making_of(steps(*BASE, "RUN /bin/sh -c other", "WORKDIR /x"), file) is None
    assert len(walked) == len(file.stages)
