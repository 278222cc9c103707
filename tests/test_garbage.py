"""What was examined is gone when nobody needs it, without a search for what leads in circles.

Thousands of files are examined one after the other: a document that holds itself stays until the
collector comes by, which costs a fifth of the time and twice the memory.
"""

from __future__ import annotations

import gc
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.read import ReadResult
from imagelint.core.source import Source
from imagelint.documents.base import Document, DocumentError
from imagelint.documents.detect import detect, parse
from imagelint.documents.project import Project
from imagelint.engine.examine import Examination
from imagelint.policy.model import Policy, RuleSetting
from imagelint.rules import catalog
from imagelint.run.naming import Naming
from imagelint.run.session import Session
from tests.rules.projects import all_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imagelint.core.report import Report

EXAMINATION = Examination(Policy(rules={name: RuleSetting("on") for name in catalog.names()}))


def texts() -> Iterator[tuple[str, str]]:
    for case in all_cases():
        yield from case.files.items()


def examine(origin: str, text: str) -> Report | None:
    try:
        document = parse(Source(origin, text), detect(origin, text) or "policy")
    except DocumentError:
        return None
    return EXAMINATION(document, Project())


def circles(work: Callable[[], None]) -> Counter[str]:
    """What only the collector finds behind some work that is done twice, by type."""
    for _ in range(2):  # the first time, what is made once per process
        gc.collect()
        work()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        return Counter(type(one).__name__ for one in gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()


_TRIALS = 5


def lasting(work: Callable[[], None]) -> Counter[str]:
    """What the work leaves each time: servers of other tests in this process may end just now."""
    found = circles(work)
    for _ in range(1, _TRIALS):
        found = found and circles(work)
    return found


@pytest.fixture
def _no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize(
    "kind",
    [
        "compose",
        "dockerfile",
        "ignore",
        "kubernetes",
        "policy",
        "requirements",
        "signatures",
        "vulnerabilities",
    ],
)
def test_no_document_leads_back_to_itself(kind: str) -> None:
    chosen = [(origin, text) for origin, text in texts() if detect(origin, text) == kind]
    assert chosen

    def examined() -> None:
        for origin, text in chosen:
            examine(origin, text)

    assert lasting(examined) == Counter()


@pytest.mark.usefixtures("_no_collector")
def test_the_test_sees_circles() -> None:
    class Knot(Document):
        __slots__ = ("itself",)

    knot = Knot(Source("a", "b"))
    knot.itself = knot  # type: ignore[attr-defined]
    gc.collect()
    del knot
    assert gc.collect() > 0

    def tied() -> None:
        again = Knot(Source("a", "b"))
        again.itself = again  # type: ignore[attr-defined]

    assert lasting(tied)["Knot"] == 1


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Dockerfile", "FROM debian:12.7\nRUN apt-get update && apt-get install -y curl\nCMD a\n"),
        ("pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n"),
    ],
)
def test_what_an_editor_has_judged_is_gone_with_the_next_keystroke(name: str, text: str) -> None:
    def judged() -> None:
        session = Session.open((), Policy(), cached=False)
        session.check_text(ReadResult(Source(name, text)), name, Naming("", True))  # noqa: FBT003 - a record's field

    assert lasting(judged) == Counter()
