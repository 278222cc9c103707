from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.reference import ImageReference, parse_reference
from imagelint.core.report import Problem, ProblemKind
from imagelint.core.source import Position, Span
from imagelint.engine.pins import PinPlace, PinStyle
from imagelint.run.changes.pinning import Pinning, edited

if TYPE_CHECKING:
    from collections.abc import Mapping

OLD = "sha256:" + "aa" * 32
NEW = "sha256:" + "bb" * 32


class Registry:
    """Answers from tables, and counts what it is asked."""

    def __init__(self, digests: Mapping[str, str], tags: tuple[str, ...] = ()) -> None:
        self._digests = digests
        self._tags = tags
        self.asked: list[str] = []

    def digest(self, reference: ImageReference) -> str | Problem:
        self.asked.append(str(reference))
        return self._digests.get(str(reference)) or self._gone(reference)

    def tags(self, reference: ImageReference) -> tuple[str, ...] | Problem:
        self.asked.append(f"tags of {reference.familiar}")
        return self._tags or self._gone(reference)

    def _gone(self, reference: ImageReference) -> Problem:
        return Problem(ProblemKind.UNREADABLE, reference.familiar, "not found")


def place(text: str, why: str = "", style: PinStyle = PinStyle.REFERENCE) -> PinPlace:
    span = Span(5, 5 + len(text))
    return PinPlace("f", Position(1, 6), text, parse_reference(text), span, style, why)


def test_the_lock_file_is_asked_before_the_registry() -> None:
    registry = Registry({"b:1": NEW})
    plan = Pinning({"docker.io/library/a:1": OLD}, registry).plan([place("a:1"), place("b:1")])
    assert [(pin.tag, pin.digest) for pin in plan.pins] == [("1", OLD), ("1", NEW)]
    assert registry.asked == ["b:1"]
    assert plan.digests == {"docker.io/library/a:1": OLD, "docker.io/library/b:1": NEW}


def test_what_has_a_digest_keeps_it_and_is_kept() -> None:
    registry = Registry({})
    plan = Pinning({}, registry).plan([place(f"a:1@{OLD}"), place(f"a@{NEW}")])
    assert (plan.pins, registry.asked) == ((), [])
    assert plan.digests == {"docker.io/library/a:1": OLD}


def test_an_image_without_a_tag_is_the_latest() -> None:
    plan = Pinning({"docker.io/library/a:latest": OLD}, Registry({})).plan([place("a")])
    assert [(pin.tag, pin.digest) for pin in plan.pins] == [("", OLD)]


def test_an_update_takes_the_newest_tag_and_asks_for_all_digests() -> None:
    registry = Registry({"a:2": NEW, "b:x": NEW}, ("1", "2", "x"))
    lock = {"docker.io/library/a:1": OLD, "docker.io/library/b:x": OLD}
    plan = Pinning(lock, registry, update=True).plan(
        [place(f"a:1@{OLD}"), place("b:x"), place(f"c@{OLD}")]
    )
    assert [(pin.tag, pin.digest) for pin in plan.pins] == [("2", NEW), ("x", NEW)]
    assert plan.digests == {"docker.io/library/a:2": NEW, "docker.io/library/b:x": NEW}


def test_an_update_of_what_is_the_newest_changes_nothing() -> None:
    registry = Registry({"a:2": NEW}, ("1", "2"))
    assert Pinning({}, registry, update=True).plan([place(f"a:2@{NEW}")]).pins == ()


def test_what_a_registry_does_not_tell_is_one_problem_and_the_rest_is_pinned() -> None:
    registry = Registry({"a:1": NEW})
    plan = Pinning({}, registry).plan([place("gone:1"), place("gone:1"), place("a:1")])
    assert [problem.origin for problem in plan.problems] == ["gone"]
    assert len(plan.pins) == 1
    failing = Pinning({}, Registry({"a:1": NEW}), update=True).plan([place("a:1")])
    assert (len(failing.problems), failing.pins) == (1, ())


def test_without_asking_what_has_no_digest_is_still_told() -> None:
    registry = Registry({})
    plan = Pinning({}, registry, known=True).plan([place("a:1"), place(f"b:1@{OLD}")])
    assert [(pin.place.written, pin.digest) for pin in plan.pins] == [("a:1", "")]
    assert registry.asked == []
    assert plan.digests == {"docker.io/library/b:1": OLD}


def test_what_cannot_be_pinned_is_left() -> None:
    open_, unknown = place("a:1", why="a variable"), place("$X")
    assert Pinning({}, Registry({})).plan([open_, unknown]).left == (open_, unknown)


def test_each_file_is_edited_once() -> None:
    plan = Pinning({"docker.io/library/a:1": OLD}, Registry({})).plan([place("a:1"), place("a:1")])
    assert list(edited(plan.pins, lambda _: "FROM a:1\n")) == [
        ("f", "FROM a:1\n", f"FROM a:1@{OLD}\n")
    ]
    gone = Problem(ProblemKind.UNREADABLE, "f", "no such file")
    assert list(edited(plan.pins, lambda _: gone)) == [gone]


def test_where_a_digest_finds_no_room_is_told() -> None:
    text = "x:\n- a:1\n"
    at = place("a:1", style=PinStyle.ENTRY)
    plan = Pinning({"docker.io/library/a:1": OLD}, Registry({})).plan([at])
    problem, unchanged = edited(plan.pins, lambda _: text)
    assert isinstance(problem, Problem)
    assert problem.detail == "line 1: the digest of a:1 finds no place here"
    assert unchanged == ("f", text, text)
