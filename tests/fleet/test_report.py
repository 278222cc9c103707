"""`imagelint report` in every format, out of one store."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from junitparser import JUnitXml
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from sqlalchemy import event

from imagelint.cli import report as command
from imagelint.core.report import Outcome, Report
from imagelint.fleet.formats import FORMATS
from imagelint.fleet.lists import LISTS
from imagelint.fleet.verdicts import OF_NO_IMAGE, Verdicts
from imagelint.store.database import Store
from imagelint.store.filters import ResultFilter
from imagelint.store.reading import Reader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from imagelint.fleet.formats import Telling
    from tests.conftest import Program

FINDINGS = 118


def test_the_command_knows_the_formats() -> None:
    assert command._FORMATS == FORMATS


def metric(text: str, name: str) -> float:
    found = text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    samples = [sample for family in found if family.name == name for sample in family.samples]
    return sum(float(sample.value) for sample in samples)


def failures(text: str) -> float:
    suites: Any = JUnitXml.fromstring(text.encode())
    return float(suites.failures)


COUNT: dict[str, Callable[[str], float]] = {
    "text": lambda text: int(text.partition("findings     ")[2].split()[0]),
    "json": lambda text: len(json.loads(text)["findings"]),
    "jsonl": lambda text: text.count('"type": "finding"'),
    "csv": lambda text: [r["state"] for r in csv.DictReader(io.StringIO(text))].count("counts"),
    "junit": failures,
    # Of the 70 places of one rule, 50 are named; three could not be judged.
    "markdown": lambda text: text.count("- [ ] ") - 3 + text.count("…and 20 more") * 20,
    # Three could not be judged, which is told as well.
    "gitlab": lambda text: len(json.loads(text)) - 3,
    "defectdojo": lambda text: sum(one["active"] for one in json.loads(text)["findings"]) - 3,
    "openmetrics": lambda text: metric(text, "imagelint_audit_findings"),
}


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("sarif", "html")])
def test_every_format_tells_the_same_number(program: Program, place: Path, name: str) -> None:
    answer = program("report", "--store", str(place), "--format", name)
    assert (answer.code, answer.err) == (1, "")
    assert COUNT[name](answer.out) == FINDINGS


def test_sarif_is_a_file_for_each_repository(program: Program, place: Path, here: Path) -> None:
    answer = program("report", "--store", str(place), "--format", "sarif=out")
    assert answer.code == 1
    files = sorted((here / "out").glob("*.sarif"))
    runs = [json.loads(file.read_text())["runs"][0] for file in files]
    assert len(files) == 38
    assert sum(len(run["results"]) for run in runs) == FINDINGS
    assert {run["automationDetails"]["id"].startswith("registry.example.com/") for run in runs} == {
        True
    }


def test_sarif_without_a_folder_is_refused(program: Program, place: Path) -> None:
    answer = program("report", "--store", str(place), "--format", "sarif")
    assert answer.code == 2
    assert "--format sarif=FOLDER" in answer.err


def test_one_team_and_some_repositories(program: Program, place: Path) -> None:
    options = ("--owner", "inference", "--repository", "*/team-1/*", "--format", "csv")
    answer = program("report", "--store", str(place), *options)
    rows = list(csv.DictReader(io.StringIO(answer.out)))
    assert rows
    assert all("/team-1/" in row["origin"] for row in rows)


def asked(program: Program, place: Path, *words: str) -> tuple[int, list[str]]:
    """How a question ends, and the lines about images of its answer."""
    answer = program("report", "--store", str(place), *words)
    lines = answer.out.partition("\n\n")[2].splitlines()
    return answer.code, [line for line in lines if not line.startswith(" ")]


def scanned(place: Path, here: Path) -> Path:
    return changed(place, here, "UPDATE runs SET depth = 'scan'")


def test_which_images_have_a_hole_and_whose_they_are(
    program: Program, place: Path, here: Path
) -> None:
    store = scanned(place, here)
    code, lines = asked(program, store, "--vulnerability", "cve-2026-1002")
    assert (code, len(lines)) == (1, 12)
    assert lines[0].split() == [
        *("medium", "registry.example.com/team-0/app-10:v0", "sha256:3e1afb4d36c4", "nobody's")
    ]
    answer = program("report", "--store", str(store), "--vulnerability", "CVE-2026-1002")
    assert "only         vulnerability CVE-2026-1002\n" in answer.out
    assert "found in     12 references, 12 images" in answer.out
    assert "not audited  3 (3 unauthorized)" in answer.out
    assert "trend" not in answer.out  # which counts all findings
    assert "          openssl 3.0.2 has CVE-2026-1002, fixed in 3.0.3\n" in answer.out
    _, lines = asked(program, store, "--package", "OpenSSL", "--owner", "inference")
    assert {line.split()[-2] for line in lines} == {"inference"}
    waived = program("report", "--store", str(store), "--rule", "root-user")
    assert "as root (allowed by waiver: legacy)\n" in waived.out


@pytest.mark.parametrize(
    ("asked_for", "count"),
    [("log4j-core", 12), ("org.apache:log4j-core", 12), ("*LOG4J*", 12), ("log4j", 0), ("core", 0)],
)
def test_a_package_is_found_without_its_group(
    program: Program, place: Path, here: Path, asked_for: str, count: int
) -> None:
    name = (
        "UPDATE findings SET package = 'org.apache:log4j-core' WHERE message LIKE '%CVE-2026-1002%'"
    )
    store = changed(place, here, "UPDATE runs SET depth = 'scan'", name)
    _, lines = asked(program, store, "--package", asked_for)
    assert sum("sha256:" in line for line in lines) == count
    assert any("of such a name" in line for line in lines) == (count == 0)


def test_a_question_without_an_answer_says_what_is_not_known(
    program: Program, place: Path, here: Path
) -> None:
    code, lines = asked(program, place, "--package", "ssl")
    assert (code, "nobody knows: the depth `config` looks for no" in lines[0]) == (3, True)
    store = scanned(place, here)
    code, lines = asked(program, store, "--package", "ssl")
    said = ["no image has such a package", "of such a name the store knows: openssl"]
    assert (code, lines) == (3, said)  # three images could not be audited
    lost = "DELETE FROM problems", "DELETE FROM results WHERE digest IS NULL"
    with closing(sqlite3.connect(store)) as connection, connection:
        for statement in lost:
            connection.execute(statement)
    assert asked(program, store, "--package", "ssl") == (0, said)


def test_a_package_without_a_finding_is_found(program: Program, place: Path, here: Path) -> None:
    store = scanned(place, here)
    words = "--package", "ROUTER", "--repository", "*/team-1/*"
    code, lines = asked(program, store, *words)
    assert (code, len(lines)) == (1, 7)
    assert {line.split()[0] for line in lines} == {"installed"}
    answer = program("report", "--store", str(store), *words)
    assert "          com.acme:router 0.1 is installed (jar)\n" in answer.out
    rows = list(csv.DictReader(io.StringIO(tell(program, store, *words, "--format", "csv"))))
    found = [row for row in rows if row["rule"] == "installed-package"]
    assert len(found) == 7
    assert {row["message"] for row in found} <= {
        f"com.acme:router 0.{at} is installed (jar)" for at in range(2)
    }
    assert all(row["digest"].startswith("sha256:") for row in found)
    assert asked(program, store, "--package", "router", "--rule", "root-user")[0] == 3
    text = tell(program, store, "--package", "openssl")
    assert "openssl 3.0.2 is installed (debian)\n" in text
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("DELETE FROM inventories")
    code, lines = asked(program, store, *words)
    assert (code, lines) == (3, [lines[0]])
    assert "nobody knows: nobody listed the packages of 7 images" in lines[0]


def tell(program: Program, store: Path, *words: str) -> str:
    """What a report says."""
    return program("report", "--store", str(store), *words).out


@pytest.mark.parametrize(
    "case",
    [
        ("{}", ("--vulnerability", "CVE-2026-9"), "the policy has `vulnerable-package` off"),
        (
            '{"vulnerable-package": ["epss", "ignore_unfixed"]}',
            ("--vulnerability", "CVE-2026-9"),
            "the policy has `vulnerable-package` leave some out, by `ignore-unfixed`",
        ),
        ('{"vulnerable-package": []}', ("--vulnerability", "CVE-2026-9"), ""),
        ('{"root-user": []}', ("--rule", "unsigned-image"), "asked images no rule `unsigned-ima"),
        ('{"root-user": []}', ("--rule", "r[o]*"), "asked images no rule `r[o]*`"),
        ('{"unsigned-image": []}', ("--rule", "unsigned-*"), ""),
        ("{}", ("--package", "nosuch"), ""),
    ],
)
def test_what_no_rule_was_asked_is_not_known(
    program: Program, place: Path, here: Path, case: tuple[str, tuple[str, ...], str]
) -> None:
    asks, words, said = case
    told = "DELETE FROM problems", "DELETE FROM results WHERE digest IS NULL"
    store = changed(place, here, *told, "UPDATE runs SET depth = 'scan'")
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.execute("UPDATE runs SET asked = ?", (asks,))
    code, lines = asked(program, store, *words)
    if said:
        assert (code, "nobody knows: " in lines[0], said in lines[0]) == (3, True, True)
        table = tell(program, store, *words, "--format", "jsonl")
        assert said in table
    else:
        assert (code, lines[0].startswith("no image has ")) == (0, True)


@pytest.mark.parametrize("name", ["GHSA-aaaa", "ghsa-*", "CVE-2026-1002", "PYSEC-7"])
def test_a_vulnerability_is_found_by_each_of_its_names(
    program: Program, place: Path, here: Path, name: str
) -> None:
    pairs = permutations(("CVE-2026-1002", "GHSA-aaaa", "PYSEC-7"), 2)
    renamed = "UPDATE findings SET vulnerability = 'GHSA-aaaa' WHERE message LIKE '%3.0.2%'"
    store = changed(place, here, "UPDATE runs SET depth = 'scan'", f"{renamed} AND severity = 5")
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.executemany("INSERT INTO aliases (name, other) VALUES (?, ?)", pairs)
    code, lines = asked(program, store, "--vulnerability", name)
    assert (code, sum("sha256:" in line for line in lines)) == (1, 12)


@pytest.mark.parametrize(
    ("words", "ends"),
    [
        (("--rule", "rot-user"), (2, "did you mean `root-user`?")),
        (("--rule", "root"), (2, "there is no rule `root`")),
        (("--rule", "root-*"), (1, "root-user")),
        (("--rule", "unpinned-image"), (0, "no image has a finding like that")),
        (("--rule", "ours.no-such"), (0, "no image has a finding like that")),
        (("--rule", "of-old"), (1, "of-old")),
        (
            ("--rule", "root-user", "--owner", "nosuch"),
            (3, "nobody knows: the run met no image of"),
        ),
        (("--rule", "root-user", "--owner", "nobody"), (1, "nobody's")),
        (("--rule", "unpinned-image", "--repository", "*/team-1/*"), (0, "no image has a finding")),
        (
            ("--rule", "root-user", "--repository", "nosuch", "--format", "csv"),
            (3, "met no image of that owner"),
        ),
    ],
)
def test_that_there_is_none_is_said_of_what_there_could_be(
    program: Program, place: Path, here: Path, words: tuple[str, ...], ends: tuple[int, str]
) -> None:
    told = "DELETE FROM problems", "DELETE FROM results WHERE digest IS NULL"
    store = changed(
        place, here, *told, "UPDATE findings SET rule = 'of-old' WHERE rule = 'secret-value'"
    )
    answer = program("report", "--store", str(store), *words)
    code, said = ends
    assert (answer.code, said in answer.out + answer.err) == (code, True)


@pytest.mark.parametrize("form", ["csv", "jsonl", "json"])
def test_programs_are_told_whose_images_are(
    program: Program, place: Path, here: Path, form: str
) -> None:
    store = str(scanned(place, here))
    words = "--vulnerability", "CVE-2026-1002", "--format", form
    out = program("report", "--store", store, *words).out
    if form == "csv":
        found: list[Any] = list(csv.DictReader(io.StringIO(out)))
    elif form == "jsonl":
        found = [json.loads(line) for line in out.splitlines()[1:]]
    else:
        found = [one for name in ("findings", "problems") for one in json.loads(out)[name]]
    subjects = [one.get("subject") for one in found]
    assert subjects.count("CVE-2026-1002 pkg:deb/debian/openssl") == 12
    assert len(found) == 15  # and three that could not be audited
    assert all(one["digest"].startswith("sha256:") == bool(one.get("subject")) for one in found)
    teams = program("report", "--store", store, "--format", form, "--package", "openssl").out
    assert "inference" in teams


@pytest.mark.parametrize("form", ["text", "html", "openmetrics"])
def test_overviews_are_about_what_is_wanted(
    program: Program, place: Path, here: Path, form: str
) -> None:
    words = "--format", f"{form}=out", "--owner", "inference", "--repository", "*/team-1/*"
    assert program("report", "--store", str(place), *words).code == 1
    told = (here / "out").read_text()
    assert "registry.example.com/team-2/" not in told
    assert form == "html" or "platform" not in told
    assert {"text": "owner inference", "html": "Only: owner inference"}.get(form, "") in told


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_the_same_in_every_form(program: Program, place: Path, name: str) -> None:
    words = "report", "--store", str(place), "--table", name
    text = program(*words)
    assert (text.code, text.err) == (1, "")
    lines = text.out.splitlines()
    rows = list(csv.DictReader(io.StringIO(program(*words, "--format", "csv").out)))
    told = [json.loads(line) for line in program(*words, "--format", "jsonl").out.splitlines()]
    assert [set(row) for row in rows] == [set(lines[0].split())] * len(rows)
    shown = [{key: "" if cell is None else str(cell) for key, cell in one.items()} for one in told]
    assert rows == shown
    assert len(lines) == len(rows) + 1
    counts = {"images": 38, "drift": 10, "problems": 3, "owners": 3, "waivers": 2, "bases": 3}
    assert len(rows) == counts.get(name, len(rows))


def test_an_image_is_found_by_its_digest(program: Program, place: Path) -> None:
    words = "report", "--store", str(place)
    rows = list(
        csv.DictReader(io.StringIO(program(*words, "--table", "images", "--format", "csv").out))
    )
    one = next(row for row in rows if row["digest"])
    same = [row["image"] for row in rows if row["digest"] == one["digest"]]
    for asked in (one["digest"], one["digest"][: len("sha256:") + 12]):
        found = program(*words, "--digest", asked, "--table", "images", "--format", "csv").out
        assert [row["image"] for row in csv.DictReader(io.StringIO(found))] == same
    nobody = program(*words, "--digest", "sha256:0123456789ab", "--rule", "root-user")
    assert (nobody.code, "of that owner or digest" in nobody.out) == (3, True)


def test_who_is_told_how_a_team_is_reached(program: Program, place: Path) -> None:
    words = "report", "--store", str(place)
    owners = program(*words, "--table", "owners", "--format", "csv").out
    reached = {row["name"]: row["contact"] for row in csv.DictReader(io.StringIO(owners))}
    assert reached == {"inference": "#inference-oncall", "platform": "", "nobody": ""}
    assert "  inference (#inference-oncall)" in program(*words, "--package", "openssl").out
    assert "inference (" in program(*words).out
    assert ", #inference-oncall)" in program(*words).out
    # Nobody could be reached in what an earlier release kept.
    before = program(*words, "--run", "1", "--table", "owners", "--format", "csv").out
    assert "contact" not in before


def test_what_changed_tells_whose_it_is(program: Program, place: Path) -> None:
    words = "report", "--store", str(place), "--table", "drift", "--since", "1", "--format", "csv"
    rows = list(csv.DictReader(io.StringIO(program(*words).out)))
    assert {row["kind"] for row in rows} >= {"moved", "new", "gone", "signature-lost"}
    assert {row["owner"] for row in rows} == {"inference", "platform", ""}
    one = program(*words, "--owner", "platform").out
    assert {row["owner"] for row in csv.DictReader(io.StringIO(one))} == {"platform"}


def test_a_list_has_three_forms(program: Program, place: Path) -> None:
    answer = program("report", "--store", str(place), "--table", "images", "--format", "sarif=x")
    assert (answer.code, "write it as text, csv, jsonl" in answer.err) == (2, True)


def test_the_command_knows_the_lists() -> None:
    assert set(command._TABLES) == set(LISTS)


def test_an_earlier_run(program: Program, place: Path) -> None:
    answer = program("report", "--store", str(place), "--run", "2", "--since", "1")
    assert answer.out.startswith("run          2 of")
    assert "since run 1: " in answer.out


def test_changes_since_a_day(program: Program, place: Path) -> None:
    answer = program("report", "--store", str(place), "--since", "2026-11-07")
    assert "changed      since run 1: " in answer.out
    answer = program("report", "--store", str(place), "--since", "20261108")
    assert "changed      since run 2: " in answer.out
    none = program("report", "--store", str(place), "--since", "2026-10-31")
    assert (none.code, "no run of the same up to 2026-10-31" in none.err) == (2, True)
    odd = program("report", "--store", str(place), "--since", "yesterday")
    assert (odd.code, "neither the number of a run nor a day" in odd.err) == (2, True)


def test_what_changed_is_told_beside_a_run_by_another_policy(
    program: Program, place: Path, here: Path
) -> None:
    other = "UPDATE runs SET key = 'b', policy_digest = 'sha256:b' WHERE id = 3"
    answer = program("report", "--store", str(changed(place, here, other)))
    assert "changed      since run 2, by another policy: " in answer.out
    assert "trend        94 → 123 → 118 findings" in answer.out


def test_two_formats_for_one_place_and_no_store(program: Program, place: Path, here: Path) -> None:
    twice = program("report", "--store", str(place), "--format", "csv", "--format", "json")
    assert twice.code == 2
    missing = program("report")
    assert missing.code == 2
    assert "there is no store `imagelint-audit.db`" in missing.err
    assert not (here / "imagelint-audit.db").exists()


def changed(place: Path, here: Path, *statements: str) -> Path:
    """The store of another one, in which something else stands."""
    copy = here / "copy.db"
    with (
        closing(sqlite3.connect(place)) as there,
        closing(sqlite3.connect(copy)) as made,
        there,
        made,
    ):
        there.backup(made)
        for statement in statements:
            made.execute(statement)
    return copy


def test_a_run_that_goes_on_is_incomplete(program: Program, place: Path, here: Path) -> None:
    copy = changed(place, here, "UPDATE runs SET finished = NULL, outcome = NULL")
    answer = program("report", "--store", str(copy))
    assert answer.code == 3
    assert "the run goes on" in answer.out


UNFINISHED = "UPDATE runs SET finished = NULL, outcome = NULL"
EMPTY = "DELETE FROM results"
NO_FINDINGS = "DELETE FROM judged"
NO_PROBLEMS = "DELETE FROM problems"
UNLISTED = (
    "INSERT INTO problems (run_id, reference, position, category, kind, detail, help)"
    " VALUES (3, 'registry://gone.example.com', 0, 'unreachable', 'unreachable',"
    " 'no catalog', '')"
)
IN_WORDS = sorted(set(FORMATS) - {"text", "html", "openmetrics", "sarif"})


def spoken(program: Program, copy: Path, here: Path, name: str) -> str:
    """A report in that format, and what files it wrote."""
    place = "=out" if name == "sarif" else ""
    answer = program("report", "--store", str(copy), "--run", "3", "--format", f"{name}{place}")
    assert answer.err == ""
    files = sorted((here / "out").glob("*")) if place else ()
    return answer.out + "".join(file.read_text(encoding="utf-8") for file in files)


CANNOT_TELL = {
    "run 3 is not through": (UNFINISHED,),
    "run 3 met no image": (EMPTY, NO_PROBLEMS),
    "no catalog": (UNLISTED,),
}


@pytest.mark.parametrize("name", [*IN_WORDS, "sarif"])
@pytest.mark.parametrize("said", CANNOT_TELL)
def test_what_a_run_could_not_tell_stands_in_every_format(
    program: Program, place: Path, here: Path, said: str, name: str
) -> None:
    copy = changed(place, here, *CANNOT_TELL[said])
    assert said in spoken(program, copy, here, name)


def test_overviews_tell_of_a_source_without_a_list(
    program: Program, place: Path, here: Path
) -> None:
    copy = changed(place, here, UNLISTED)
    assert "3 (3 unauthorized); 1 problem with sources" in spoken(program, copy, here, "text")
    page = spoken(program, copy, here, "html")
    assert "1 problem with sources: nobody knows what else is in there" in page
    numbers = spoken(program, copy, here, "openmetrics")
    assert 'imagelint_audit_problems{category="unreachable"} 1' in numbers


def test_overviews_tell_that_a_run_goes_on(program: Program, place: Path, here: Path) -> None:
    copy = changed(place, here, UNFINISHED)
    assert "The run is not through" in spoken(program, copy, here, "html")
    numbers = spoken(program, copy, here, "openmetrics")
    assert 'imagelint_audit_verdict{outcome="incomplete"} 1' in numbers
    assert 'imagelint_audit_verdict{outcome="fail"} 0' in numbers


@pytest.mark.parametrize(
    ("statements", "outcome"),
    [
        ((NO_FINDINGS,), Outcome.PASS),
        ((NO_FINDINGS, UNFINISHED), Outcome.INCOMPLETE),
    ],
)
def test_no_repository_passes_in_a_run_that_goes_on(
    place: Path, here: Path, statements: tuple[str, ...], outcome: Outcome
) -> None:
    with Store.open(str(changed(place, here, *statements))) as store:
        run = Reader(store).run(3)
        assert run is not None
        audited = ResultFilter(category="audited")
        verdicts = [
            verdict
            for name, (verdict, _) in Verdicts(store, run).by_repository(audited)
            if name != OF_NO_IMAGE
        ]
    assert {verdict.outcome for verdict in verdicts} == {outcome}


def test_a_verdict_about_each_repository(told: Telling) -> None:
    verdicts = dict(Verdicts(told.store, told.fleet.run).by_repository())
    outcomes = {one.verdict.outcome for one in verdicts.values()}
    assert outcomes == {Outcome.FAIL, Outcome.INCOMPLETE}
    (only,) = told.verdicts.parts(ResultFilter(category="unauthorized"))
    assert len(only.report.problems) == 3
    assert {problem.kind.value for problem in only.report.problems} == {"unauthorized"}
    assert not only.report.examined


def test_what_is_allowed_stays_in_the_report(told: Telling) -> None:
    report = sum((one.report for one in told.verdicts.parts()), Report())
    assert {(one.kind.value, one.until) for one in report.allowed} == {("waiver", "2027-01-31")}
    assert len(report.allowed) == 5


def test_repositories_are_told_by_one_question_for_all_of_them(told: Telling) -> None:
    listings: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT results.run_id"):
            listings.append(statement)

    engine = told.store.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        found = [name for name, _ in told.verdicts.by_repository()]
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert found == sorted(found)
    assert len(found) == 38
    assert len(listings) == 1
