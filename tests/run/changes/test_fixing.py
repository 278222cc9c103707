from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Edit, Finding, Fix, Location, Severity
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.core.source import Span
from imagelint.run.changes.fixing import MOST_ROUNDS, Change, FixRequest, fix

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Texts = dict[str, str]


def finding(rule: str, start: int, end: int, text: str, origin: str = "Dockerfile") -> Finding:
    made = Fix("mend it", (Edit(origin, Span(start, end), text),), safe=True)
    return Finding(rule, Severity.LOW, "bad", Location(origin), fix=made)


def each(text: str, word: str, rule: str, new: str) -> Iterable[Finding]:
    at = text.find(word)
    while at >= 0:
        yield finding(rule, at, at + len(word), new)
        at = text.find(word, at + 1)


def request(
    files: Texts,
    judge: Callable[[str], Iterable[Finding]],
    accepts: Callable[[Finding, Iterable[Change]], bool] = lambda _finding, _changes: True,
) -> FixRequest:
    def examine(texts: Mapping[str, str]) -> Report:
        return Report(tuple(one for text in {**files, **texts}.values() for one in judge(text)))

    def read(origin: str) -> str | Problem:
        missing = Problem(ProblemKind.UNREADABLE, origin, "no such file")
        return files.get(origin, missing)

    return FixRequest(examine, read, accepts)


def test_rounds_go_on_until_nothing_is_left() -> None:
    files = {"Dockerfile": "FROM a\nRUN bb && bbb\n"}
    result = fix(request(files, lambda text: each(text, "bb", "double", "b")))
    assert result.changes == (Change("Dockerfile", files["Dockerfile"], "FROM a\nRUN b && b\n"),)
    assert len(result.fixed) == 3
    assert (result.report.findings, result.problems) == ((), ())


def test_rounds_end() -> None:
    def judge(text: str) -> Iterable[Finding]:
        # One mends the last letter, and the others wait at the same place.
        return [finding("long", len(text) - 2, len(text) - 1, "")] + [
            finding("long", 0, 0, str(number)) for number in range(text.count("b"))
        ]

    result = fix(
        request(
            {"Dockerfile": f"FROM a\nRUN {'b' * 40}\n"},
            judge,
            lambda one, _: one.fix is not None and not one.fix.edits[0].text,
        )
    )
    assert result.changes[0].after.count("b") == 40 - MOST_ROUNDS


def test_what_is_not_accepted_is_left_and_is_shown_what_would_be() -> None:
    files = {"Dockerfile": "FROM a\nRUN x && y\n"}
    asked: list[tuple[str, Change]] = []

    def accepts(one: Finding, changes: Iterable[Change]) -> bool:
        asked.extend((one.rule, change) for change in changes)
        return one.rule == "is-x"

    def judge(text: str) -> Iterable[Finding]:
        yield from each(text, "x", "is-x", "z")
        yield from each(text, "y", "is-y", "z")

    result = fix(request(files, judge, accepts))
    assert result.changes[0].after == "FROM a\nRUN z && y\n"
    assert [one.rule for one in result.fixed] == ["is-x"]
    assert [one.rule for one in result.report.findings] == ["is-y"]
    before = files["Dockerfile"]
    assert asked[0] == ("is-x", Change("Dockerfile", before, "FROM a\nRUN z && y\n"))


def test_a_fix_that_breaks_the_file_is_taken_back() -> None:
    files = {"Dockerfile": "FROM a\nRUN x\nRUN y\n"}

    def judge(text: str) -> Iterable[Finding]:
        yield from each(text, "RUN x", "breaks", "RUUN x")
        yield from each(text, "RUN y", "mends", "RUN z")

    result = fix(request(files, judge))
    assert result.changes[0].after == "FROM a\nRUN x\nRUN z\n"
    assert [(one.kind, one.origin) for one in result.problems] == [
        (ProblemKind.RULE_CRASHED, "Dockerfile"),
    ]


def test_fixes_that_break_a_file_only_together_are_all_taken_back() -> None:
    def judge(text: str) -> Iterable[Finding]:
        yield from each(text, "x", "joins", "\\")
        yield from each(text, "RUN y", "drops", "")

    result = fix(request({"Dockerfile": "FROM a\nCOPY b x\nRUN y\n"}, judge))
    assert result.changes == ()
    assert len(result.problems) == 2


def test_a_fix_that_shows_a_rule_more_is_not_called_one_that_does_not_mend() -> None:
    files = {"Dockerfile": "FROM a\nRUN x && y\n", "Dockerfile.b": "FROM a\nRUN z\n"}

    def examine(texts: Mapping[str, str]) -> Report:
        found: list[Finding] = []
        for origin, text in {**files, **texts}.items():
            for rule, word, new in (("drops", "x", "u"), ("shows", "z", "x")):
                at = text.find(word)
                if at >= 0:
                    found.append(finding(rule, at, at + 1, new, origin))
        return Report(tuple(found))

    made = FixRequest(examine, lambda origin: files[origin], lambda _finding, _changes: True)
    result = fix(made)
    assert result.problems == ()
    assert [change.after for change in result.changes] == [
        "FROM a\nRUN u && y\n",
        "FROM a\nRUN u\n",
    ]


def test_a_fix_that_does_not_mend_is_taken_back_alone() -> None:
    files = {"Dockerfile": "FROM a\nRUN x && y\n"}

    def judge(text: str) -> Iterable[Finding]:
        yield from each(text, "x", "stubborn", "xq")
        yield from each(text, "y", "mends", "z")

    result = fix(request(files, judge))
    assert result.changes[0].after == "FROM a\nRUN x && z\n"
    assert [one.detail for one in result.problems] == [
        "the fix of stubborn would not mend it, and was not made"
    ]
    assert [one.rule for one in result.report.findings] == ["stubborn"]


def test_a_file_that_may_not_be_changed_is_told_once() -> None:
    result = fix(request({"Dockerfile": "FROM a\n"}, lambda _: [finding("x", 0, 1, "", "other")]))
    assert (result.changes, result.fixed) == ((), ())
    assert [one.detail for one in result.problems] == ["no such file"]


def test_an_edit_outside_of_the_text_is_not_made() -> None:
    result = fix(request({"Dockerfile": "FROM a\n"}, lambda _: [finding("x", 90, 91, "")]))
    assert (result.changes, result.fixed, result.problems) == ((), (), ())
