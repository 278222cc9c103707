from __future__ import annotations

from imagelint.core.finding import Finding, Note, Severity
from imagelint.core.report import AllowanceKind, Allowed, Report
from imagelint.engine.echoes import without_echoes, without_repeats
from tests.engine.findings import finding


def said(
    subject: str, start: int = 1, origin: str = "a.yaml", severity: Severity = Severity.HIGH
) -> Finding:
    found = finding("privileged-container", (start, start + 1))
    return found._replace(
        message=f"the service `{subject}` is privileged",
        subject=subject,
        severity=severity,
        location=found.location._replace(origin=origin, path=f"services.{subject}"),
    )


def test_the_same_words_are_told_once() -> None:
    one, two, elsewhere = said("one"), said("two"), said("two", 5)
    other = said("two")._replace(rule="host-path")
    also = one._replace(notes=(Note("the same words are `services.two`"),))
    assert without_echoes([one, two, elsewhere, other, one]) == (also, elsewhere, other)
    found = without_echoes([one, two, elsewhere, other, one], rendered=True)
    assert found == (one, elsewhere, other)
    assert (
        without_echoes([one, two._replace(message="another thing")])[1].message == "another thing"
    )


def test_the_most_severe_of_them_counts() -> None:
    low, high = said("one", severity=Severity.LOW), said("two")
    also = high._replace(notes=(Note("the same words are `services.one`"),))
    assert without_echoes([low, high]) == without_echoes([high, low]) == (also,)


def test_few_of_many_places_are_named() -> None:
    found = without_echoes([said(name) for name in ("a", "b", "c", "d", "e", "f")])
    (note,) = found[0].notes
    assert note.message == "the same words are `services.b`, `services.c`, `services.d` and 2 more"


def test_what_one_file_says_of_another_is_told_where_it_stands() -> None:
    own, shown, only = said("base"), said("llm"), said("llm", 7)
    allowed = Allowed(said("base", 9), AllowanceKind.INLINE, "known")
    reports = {
        "a.yaml": Report((own,), (allowed,)),
        "b.yaml": Report(
            (shown, only, said("llm", 9), said("own", 1, "b.yaml")),
            (allowed._replace(finding=said("llm", 9)),),
        ),
        "c.yaml": Report((only,)),
    }
    found = without_repeats(reports)
    assert found["a.yaml"] == reports["a.yaml"]
    assert found["b.yaml"] == Report((only, said("own", 1, "b.yaml")))
    assert found["c.yaml"] == Report()


def test_files_that_speak_of_themselves_keep_what_they_say() -> None:
    reports = {"a.yaml": Report((said("one"), said("two")))}
    assert without_repeats(reports) == reports
