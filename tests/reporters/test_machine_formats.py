"""Formats for other programs, read by the programs themselves or as they document it."""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from junitparser import JUnitXml
from markdown_it import MarkdownIt
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as openmetrics_families,
)
from prometheus_client.parser import text_string_to_metric_families

from imagelint.core.report import Examined, Outcome, Problem, ProblemKind, Report, Verdict
from imagelint.core.subject import About
from imagelint.reporters import TABLE, load
from imagelint.reporters.csv import COLUMNS
from imagelint.reporters.markdown import BUDGET
from tests.reporters.samples import CONTEXT, ROOT_USER, SAMPLE
from tests.reporters.strategies import verdicts

REPORT_SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8")
)
# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
GITLAB_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
# gitlab-org/security-products/security-report-schemas 15.2.1, dist/sast-report-format.json: what it
# demands, and the fields that we write; others are our own mistakes.
_WORD = {"type": "string", "minLength": 1}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}
_ADDRESS = {"type": "string", "pattern": "^https?://.+"}


def _object(required: str, **properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


_PROGRAM = _object(
    "id name version vendor",
    id=_WORD,
    name=_WORD,
    version=_WORD,
    vendor=_object("name", name=_WORD),
)
SAST_SCHEMA = _object(
    "scan version vulnerabilities",
    version={"const": "15.2.1"},
    scan=_object(
        "analyzer scanner type start_time end_time status",
        analyzer=_PROGRAM,
        scanner=_PROGRAM,
        type={"const": "sast"},
        start_time=_TIME,
        end_time=_TIME,
        status={"enum": ["success", "failure"]},
        messages={
            "type": "array",
            "items": _object("level value", level={"enum": ["info", "warn", "fatal"]}, value=_WORD),
        },
    ),
    vulnerabilities={
        "type": "array",
        "items": _object(
            "id identifiers location",
            id=_WORD,
            name={"type": "string", "maxLength": 255},
            description={"type": "string", "maxLength": 1_048_576},
            severity={"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
            solution={"type": "string", "maxLength": 7_000},
            identifiers={
                "type": "array",
                "minItems": 1,
                "items": _object(
                    "type name value", type=_WORD, name=_WORD, value=_WORD, url=_ADDRESS
                ),
            },
            location=_object(
                "file start_line end_line",
                file=_WORD,
                start_line={"type": "integer", "minimum": 1},
                end_line={"type": "integer", "minimum": 1},
            ),
            links={"type": "array", "items": _object("url", url=_ADDRESS)},
        ),
    },
)
# https://docs.defectdojo.com/supported_tools/parsers/generic_findings_import/: others are refused.
_TEXTS = (
    *("title", "description", "mitigation", "references", "unique_id_from_tool", "service"),
    *("vuln_id_from_tool", "file_path", "component_name", "component_version"),
    "severity_justification",
)
_FLAGS = ("active", "static_finding", "dynamic_finding", "risk_accepted", "fix_available")
DEFECTDOJO_SCHEMA = {
    "type": "object",
    "required": ["findings"],
    "properties": {
        "findings": {
            "items": {
                "type": "object",
                "required": ["title", "severity", "description"],
                "additionalProperties": False,
                "properties": {
                    **{name: {"type": "string"} for name in _TEXTS},
                    **{name: {"type": "boolean"} for name in _FLAGS},
                    "title": {"type": "string", "minLength": 1, "maxLength": 511},
                    # The widths of its columns (dojo: class Finding).
                    "service": {"type": "string", "maxLength": 200},
                    "file_path": {"type": "string", "maxLength": 4000},
                    "component_name": {"type": "string", "maxLength": 500},
                    "component_version": {"type": "string", "maxLength": 100},
                    "severity": {"enum": ["Critical", "High", "Medium", "Low", "Info"]},
                    "line": {"type": "integer", "minimum": 1},
                    "scanner_confidence": {"type": "integer"},
                    "vulnerability_ids": {"type": "array", "items": {"type": "string"}},
                },
            }
        }
    },
}


def written(name: str, verdict: Verdict = SAMPLE) -> str:
    return "".join(load(name)(verdict, CONTEXT))


def untold(verdict: Verdict) -> int:
    """How many things a report has to say that could not be judged."""
    empty = verdict.outcome is Outcome.INCOMPLETE and not verdict.report.problems
    return len(verdict.report.problems) + empty


@cache
def member(name: str) -> jsonschema.Draft202012Validator:
    """What judges one item of a list in the JSON report."""
    schema = {**REPORT_SCHEMA["properties"][name]["items"], "$defs": REPORT_SCHEMA["$defs"]}
    return jsonschema.Draft202012Validator(schema)


def test_junit_is_read_by_a_parser_of_its_own() -> None:
    suites = JUnitXml.fromstring(written("junit").encode())
    assert (suites.tests, suites.failures, suites.errors, suites.skipped) == (15, 8, 3, 4)
    cases = [case for suite in suites for case in suite]
    assert len(cases) == 15
    (root,) = (case for case in cases if case.name == "root-user:1 stage 0" and case.result)
    assert root.result[0].message == "the final stage runs as root"
    assert root.result[0].type == "high"


def test_junit_shows_what_was_examined_and_well() -> None:
    verdict = Verdict(Outcome.PASS, (), Report(examined=SAMPLE.report.examined))
    suites = JUnitXml.fromstring(written("junit", verdict).encode())
    assert [suite.name for suite in suites][1:] == ["serving/Dockerfile", "serving/deploy.yaml"]
    assert (suites.tests, suites.failures, suites.errors) == (3, 0, 0)


@settings(max_examples=40, deadline=None)
@given(verdict=verdicts)
def test_junit_is_xml_whatever_is_said(verdict: Verdict) -> None:
    suites = JUnitXml.fromstring(written("junit", verdict).encode())
    found = verdict.report
    said = len(found.findings) + untold(verdict) + len(found.allowed)
    cases = [case for suite in suites for case in suite]
    assert sum(bool(case.result) for case in cases) == said


def test_csv_has_a_row_for_all_that_is_told() -> None:
    rows = list(csv.DictReader(io.StringIO(written("csv"))))
    assert [row["state"] for row in rows].count("counts") == 8
    assert [row["state"] for row in rows].count("not judged") == 3
    (waived,) = (row for row in rows if row["state"] == "allowed by waiver")
    assert (waived["until"], waived["reason"]) == ("2027-01-31", "until the mirror is there (#12)")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", " =", "\u00a0@", "\uff1d", "\uff20"])
def test_a_formula_is_none_in_a_spreadsheet(begin: str) -> None:
    finding = ROOT_USER._replace(message=f"{begin}HYPERLINK(1)")
    text = written("csv", Verdict(Outcome.FAIL, (), Report((finding,))))
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["message"] == f"'{begin}HYPERLINK(1)"


@settings(max_examples=40, deadline=None)
@given(verdict=verdicts)
def test_csv_rows_are_whole_lines(verdict: Verdict) -> None:
    text = written("csv", verdict)
    rows = list(csv.reader(io.StringIO(text)))
    assert {len(row) for row in rows} == {len(COLUMNS)}
    assert text.count("\n") == len(rows)
    cells = (cell.lstrip() for row in rows for cell in row)
    assert not any(cell.startswith(("=", "+", "-", "@", "\uff1d")) for cell in cells)


@settings(max_examples=40, deadline=None)
@given(verdict=verdicts)
def test_each_line_of_json_is_a_member_of_the_report(verdict: Verdict) -> None:
    first, *lines = [json.loads(line) for line in written("jsonl", verdict).splitlines()]
    assert first["type"] == "verdict"
    lists = {"finding": "findings", "allowed": "allowed", "problem": "problems"}
    for line in lines:
        member(lists[line.pop("type")]).validate(line)
    whole = json.loads(written("json", verdict))
    assert len(lines) == sum(len(whole[name]) for name in lists.values())


@settings(max_examples=40, deadline=None)
@given(verdict=verdicts)
def test_gitlab_takes_every_issue(verdict: Verdict) -> None:
    issues = json.loads(written("gitlab", verdict))
    jsonschema.validate(issues, GITLAB_SCHEMA)
    expected = len(verdict.report.findings) + untold(verdict)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == expected


@settings(max_examples=40, deadline=None)
@given(verdict=verdicts)
def test_gitlabs_security_pages_take_every_finding(verdict: Verdict) -> None:
    told = json.loads(written("gitlab-sast", verdict))
    jsonschema.validate(told, SAST_SCHEMA)
    found = told["vulnerabilities"]
    expected = len(verdict.report.findings) + untold(verdict)
    assert len({one["id"] for one in found}) == len(found) == expected
    assert len(told["scan"]["messages"]) == untold(verdict)
    failed = verdict.outcome is Outcome.INCOMPLETE
    assert told["scan"]["status"] == ("failure" if failed else "success")


def test_gitlabs_security_pages_are_told_when_and_by_which_rule() -> None:
    context = CONTEXT._replace(moment="2026-11-26T08:00:00Z", version="1.2.3")
    told = json.loads("".join(load("gitlab-sast")(SAMPLE, context)))
    scan = told["scan"]
    assert scan["start_time"] == scan["end_time"] == "2026-11-26T08:00:00"
    assert scan["scanner"]["version"] == "1.2.3"
    (one,) = (
        one for one in told["vulnerabilities"] if one["identifiers"][0]["value"] == ROOT_USER.rule
    )
    assert one["severity"] == str(ROOT_USER.severity).capitalize()
    assert one["solution"] == ROOT_USER.help
    assert one["identifiers"][0]["name"] == f"imagelint {ROOT_USER.rule}"
    assert one["location"]["file"] == ROOT_USER.location.origin
    assert ROOT_USER.message in one["description"]


def test_gitlab_is_told_paths_from_the_root_of_the_repository() -> None:
    text = "".join(load("gitlab")(SAMPLE, CONTEXT._replace(prefix="services")))
    paths = {issue["location"]["path"] for issue in json.loads(text)}
    assert {"services/serving/Dockerfile", "services/serving/deploy.yaml"} <= paths
    assert all(path.startswith("services/") for path in paths - {"unknown"})


@settings(max_examples=40, deadline=None)
@given(verdict=verdicts)
def test_defectdojo_takes_every_finding(verdict: Verdict) -> None:
    told = json.loads(written("defectdojo", verdict))
    jsonschema.validate(told, DEFECTDOJO_SCHEMA)
    found = verdict.report
    assert len(told["findings"]) == len(found.findings) + untold(verdict) + len(found.allowed)
    assert len({one["unique_id_from_tool"] for one in told["findings"]}) == len(told["findings"])


def test_defectdojo_is_told_component_vulnerability_and_accepted_risk() -> None:
    told = json.loads(written("defectdojo"))["findings"]
    (high,) = (one for one in told if one.get("vulnerability_ids") == ["CVE-2026-0001"])
    assert (high["component_name"], high["component_version"]) == ("openssl", "3.0.2")
    assert high["service"] == "registry.example.com/llm/server:2.1"
    assert high["fix_available"]
    accepted = [one for one in told if one.get("risk_accepted")]
    assert [one["active"] for one in accepted] == [False] * 4
    assert "waiver: until the mirror is there (#12), until 2027-01-31" in {
        one["severity_justification"] for one in accepted
    }


def test_defectdojo_is_told_no_word_that_is_wider_than_its_column() -> None:
    (one, *_) = (each for each in SAMPLE.report.findings if "CVE-2026-0001" in each.subject)
    origin = f"registry.example.com/{'team/' * 60}server:2.1"
    path = f"{'lib' * 300} {'1.2.' * 60}"
    long = one._replace(location=one.location._replace(origin=origin, path=path))
    examined = (Examined(origin, "image", about=About.IMAGE),)
    report = SAMPLE.report._replace(findings=(long,), allowed=(), examined=examined)
    verdict = SAMPLE._replace(report=report)
    told = json.loads(written("defectdojo", verdict))
    jsonschema.validate(told, DEFECTDOJO_SCHEMA)
    (found,) = (each for each in told["findings"] if "vulnerability_ids" in each)
    assert found["service"].endswith("team/server:2.1")
    assert found["component_version"].startswith("1.2.1.2.")


@settings(max_examples=40, deadline=None)
@given(verdict=verdicts)
def test_prometheus_reads_the_metrics_both_ways(verdict: Verdict) -> None:
    text = written("openmetrics", verdict)
    families = openmetrics_families(text)  # type: ignore[no-untyped-call]
    strict = {family.name: family for family in families}
    loose = {family.name: family for family in text_string_to_metric_families(text)}
    assert set(strict) == set(loose)
    total = sum(sample.value for sample in strict["imagelint_findings"].samples)
    assert total == len(verdict.report.findings)
    told = {
        sample.labels["outcome"]: sample.value for sample in strict["imagelint_verdict"].samples
    }
    assert told == {each.value: each is verdict.outcome for each in Outcome}


@settings(max_examples=40, deadline=None)
@given(verdict=verdicts)
def test_a_ticket_holds_only_markup_of_ours(verdict: Verdict) -> None:
    text = written("markdown", verdict)
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    inline = [child for token in tokens for child in token.children or ()]
    html = {child.content for child in inline if child.type == "html_inline"}
    assert html <= {"<code>", "</code>"}
    assert {token.type for token in tokens} <= {
        *("heading_open", "heading_close", "inline", "paragraph_open", "paragraph_close"),
        *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
    }
    leads = {child.attrs.get("href") for child in inline if child.type == "link_open"}
    assert all(str(lead).startswith("https://example.com/rules/") for lead in leads)
    tasks = [token for token in tokens if token.content.startswith("[ ] ")]
    assert len(tasks) == len(verdict.report.findings) + untold(verdict)


LOCKED = Problem(ProblemKind.UNAUTHORIZED, "registry.example.com/a:1", "the registry said 401")
ONLY_PROBLEMS = Verdict(Outcome.INCOMPLETE, ("1 problem",), Report(problems=(LOCKED,)))
NOTHING = Verdict(Outcome.INCOMPLETE, ("no image was examined",), Report())
# Numbers alone: the verdict is one of them.
IN_WORDS = sorted(set(TABLE) - {"openmetrics", "outputs"})


@pytest.mark.parametrize("name", IN_WORDS)
def test_what_could_not_be_judged_is_told_in_every_format(name: str) -> None:
    assert "the registry said 401" in written(name, ONLY_PROBLEMS)


@pytest.mark.parametrize("name", IN_WORDS)
def test_that_nothing_was_examined_is_told_in_every_format(name: str) -> None:
    assert "no image was examined" in written(name, NOTHING)


@pytest.mark.parametrize("verdict", [ONLY_PROBLEMS, NOTHING])
def test_what_could_not_be_judged_is_no_test_that_passed(verdict: Verdict) -> None:
    suites = JUnitXml.fromstring(written("junit", verdict).encode())
    assert (suites.tests, suites.errors) == (1, 1)


def test_many_problems_leave_room_for_findings_in_a_ticket() -> None:
    problems = tuple(LOCKED._replace(origin=f"a:{at}", detail="d" * 290) for at in range(2000))
    text = written("markdown", Verdict(Outcome.FAIL, (), Report((ROOT_USER,), problems=problems)))
    assert "…and 1950 more that could not be judged" in text
    assert "the final stage runs as root" in text


def test_a_ticket_says_how_much_is_allowed() -> None:
    assert "Allowed 4 findings (" in written("markdown")


def test_a_ticket_is_cut_to_what_trackers_take() -> None:
    findings = tuple(
        ROOT_USER._replace(rule=f"rule-{number}", message="m" * 300) for number in range(500)
    )
    text = written("markdown", Verdict(Outcome.FAIL, (), Report(findings)))
    assert len(text.encode()) <= BUDGET + 100
    assert text.endswith("There is more: see the full report.\n")
