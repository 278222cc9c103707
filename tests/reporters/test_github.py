from __future__ import annotations

import re
from collections import Counter

from imagelint.core.finding import Finding, Location, Severity
from imagelint.core.report import Examined, Outcome, Problem, ProblemKind, Report, Verdict
from imagelint.core.subject import About
from imagelint.reporters import load
from tests.reporters.samples import CONTEXT, IMAGE, LATEST, LISTS_KEPT, UNSIGNED

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)\n")


def commands(report: Report) -> list[tuple[str, dict[str, str], str]]:
    """Kind, properties and message of each line, read as the runner reads them."""
    read = []
    for line in load("github")(Verdict(Outcome.FAIL, (), report), CONTEXT):
        match = COMMAND.fullmatch(line)
        assert match is not None
        properties = dict(pair.split("=", 1) for pair in match.group(2).split(","))
        read.append((match.group(1), properties, match.group(3)))
    return read


def many(count: int, severity: Severity) -> tuple[Finding, ...]:
    return tuple(
        LATEST._replace(severity=severity, message=f"{number:03}") for number in range(count)
    )


def test_one_line() -> None:
    [(kind, properties, message)] = commands(Report((LATEST,)))
    assert kind == "error"
    assert message == "spec.containers[0].image: `latest` is another image tomorrow"
    assert properties == {
        "file": "serving/deploy.yaml",
        "line": "4",
        "endLine": "4",
        "col": "14",
        "endColumn": "45",
        "title": "critical%3A unpinned-image",
    }


def test_no_columns_over_several_lines() -> None:
    [(kind, properties, _)] = commands(Report((LISTS_KEPT,)))
    assert kind == "warning"
    assert set(properties) == {"file", "line", "endLine", "title"}


def test_an_image_without_a_dockerfile_has_no_file() -> None:
    [(_, properties, message)] = commands(
        Report((UNSIGNED,), examined=(Examined(IMAGE, "image", about=About.IMAGE),))
    )
    assert set(properties) == {"title"}
    assert message.startswith(f"{IMAGE}: no signature")


def test_an_image_stands_at_the_only_dockerfile() -> None:
    examined = (Examined(IMAGE, "image", about=About.IMAGE), Examined("Dockerfile", "dockerfile"))
    [(_, properties, _)] = commands(Report((UNSIGNED,), examined=examined))
    assert properties["file"] == "Dockerfile"


def test_files_are_named_from_the_root_of_the_repository() -> None:
    below = CONTEXT._replace(prefix="llm")
    (line,) = load("github")(Verdict(Outcome.FAIL, (), Report((LATEST,))), below)
    assert "file=llm/serving/deploy.yaml,line=4" in line
    examined = (Examined(IMAGE, "image", about=About.IMAGE), Examined("Dockerfile", "dockerfile"))
    report = Report((UNSIGNED,), examined=examined)
    (line,) = load("github")(Verdict(Outcome.FAIL, (), report), below)
    assert "file=llm/Dockerfile" in line


def test_a_whole_file() -> None:
    [(_, properties, _)] = commands(Report((LATEST._replace(location=Location("a")),)))
    assert set(properties) == {"file", "title"}


def test_escapes() -> None:
    place = LATEST.location._replace(origin="a,b:c%\n\rd", path="")
    found = LATEST._replace(location=place, message="50% ::x,\r\n::error::y\x1b", help="")
    [(_, properties, message)] = commands(Report((found,)))
    assert properties["file"] == "a%2Cb%3Ac%25%0A%0Dd"
    assert message == "50%25 ::x,%0D%0A::error::y\\x1b"


def test_ten_of_each_type_and_no_word_when_all_fit() -> None:
    found = many(10, Severity.HIGH) + many(10, Severity.MEDIUM) + many(10, Severity.INFO)
    read = commands(Report(found))
    assert Counter(kind for kind, _, _ in read) == {"error": 10, "warning": 10, "notice": 10}
    assert not any(message.startswith("and ") for _, _, message in read)


def test_the_worst_first_and_a_word_about_the_rest() -> None:
    found = many(12, Severity.HIGH) + many(2, Severity.CRITICAL) + many(15, Severity.LOW)
    read = commands(Report(found))
    assert Counter(kind for kind, _, _ in read) == {"error": 10, "notice": 10}
    titles = [properties["title"] for _, properties, _ in read]
    assert titles[:3] == [
        "critical%3A unpinned-image",
        "critical%3A unpinned-image",
        "high%3A unpinned-image",
    ]
    assert read[-1] == (
        "notice",
        {"title": "imagelint"},
        "and 10 more (4 high, 6 low): see the log or the full report",
    )


def test_problems_stand_between_critical_and_high() -> None:
    problems = (Problem(ProblemKind.TOOL_MISSING, "", "no trivy", "install it"),) * 12
    read = commands(Report(many(1, Severity.HIGH) + many(1, Severity.CRITICAL), problems=problems))
    untold = "not judged%3A tool-missing"
    assert [properties["title"] for _, properties, _ in read[:6]] == [
        "critical%3A unpinned-image",
        *(untold,) * 3,
        "high%3A unpinned-image",
        untold,
    ]
    assert read[1][2] == "no trivy%0Ainstall it"
    assert read[-1][2].startswith("and 4 more (4 not judged)")


def test_long_messages_are_cut() -> None:
    [(_, _, message)] = commands(Report((UNSIGNED._replace(message="x" * 100_000),)))
    assert len(message) < 5_000
