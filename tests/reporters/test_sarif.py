from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from imagelint.core.finding import Location, Note, Severity
from imagelint.core.report import (
    AllowanceKind,
    Allowed,
    Examined,
    Outcome,
    Problem,
    ProblemKind,
    Report,
    Verdict,
)
from imagelint.core.subject import About
from imagelint.reporters import load
from imagelint.reporters.sarif import MOST_RESULTS
from tests.reporters.samples import (
    CONTEXT,
    GOLDEN,
    IMAGE,
    LATEST,
    LISTS_KEPT,
    ROOT_USER,
    SAMPLE,
    texts,
    vulnerability,
)
from tests.reporters.strategies import verdicts

if TYPE_CHECKING:
    from imagelint.reporters.context import ReportContext, RuleText

SCHEMA = json.loads((GOLDEN / "sarif-subset.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA)


def run(report: Report, context: ReportContext = CONTEXT) -> Any:
    verdict = Verdict(Outcome.FAIL, (), report)
    log = json.loads("".join(load("sarif")(verdict, context)))
    VALIDATOR.validate(log)
    return log["runs"][0]


def uri(origin: str, context: ReportContext = CONTEXT) -> str:
    found = LATEST._replace(location=LATEST.location._replace(origin=origin))
    return artifact(run(Report((found,)), context))


def artifact(found: Any) -> str:
    place = found["results"][0]["locations"][0]["physicalLocation"]
    return str(place["artifactLocation"]["uri"])


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@settings(max_examples=150, deadline=None)
@given(verdict=verdicts)
def test_every_report_is_valid(verdict: Verdict) -> None:
    VALIDATOR.validate(json.loads("".join(load("sarif")(verdict, CONTEXT))))


@settings(max_examples=60, deadline=None)
@given(verdict=verdicts)
def test_results_point_at_their_rules_and_are_unique(verdict: Verdict) -> None:
    found = json.loads("".join(load("sarif")(verdict, CONTEXT)))["runs"][0]
    rules = [rule["id"] for rule in found["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    prints = [
        result["partialFingerprints"]["primaryLocationLineHash"] for result in found["results"]
    ]
    assert len(set(prints)) == len(prints)
    for result in found["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        region = result["locations"][0]["physicalLocation"]["region"]
        start = (region["startLine"], region["startColumn"])
        assert start <= (region["endLine"], region["endColumn"])


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("a/Dockerfile", "a/Dockerfile"),
        ("./././a", "a"),
        (".//a", "a"),
        ("a b/ü.yaml", "a%20b/%C3%BC.yaml"),
        ("c:x%41", "c%3Ax%2541"),
        ("new\nline", "new%0Aline"),
        ("bad\udc80", "bad%EF%BF%BD"),
        ("../up", "../up"),
        ("/srv/here/a", "a"),
        ("/srv/hereafter", "file:///srv/hereafter"),
        ("-", "stdin"),
        ("", "unknown"),
    ],
)
def test_uris_are_relative_and_encoded(origin: str, expected: str) -> None:
    assert uri(origin, CONTEXT._replace(root="/srv/here")) == expected


def test_an_image_stands_at_the_only_dockerfile() -> None:
    examined = (Examined(IMAGE, "image", about=About.IMAGE), Examined("a/Dockerfile", "dockerfile"))
    found = run(Report((vulnerability(1, Severity.HIGH, "openssl"),), examined=examined))
    assert artifact(found) == "a/Dockerfile"
    names = found["results"][0]["locations"][0]["logicalLocations"]
    assert [name["fullyQualifiedName"] for name in names] == ["openssl", IMAGE]


def test_a_place_that_is_called_as_its_image_is_named_once() -> None:
    location = Location(IMAGE, path=IMAGE)
    examined = (Examined(IMAGE, "vulnerabilities", "sha256:" + "0" * 64, About.IMAGE),)
    found = run(Report((ROOT_USER._replace(location=location),), examined=examined))
    names = found["results"][0]["locations"][0]["logicalLocations"]
    assert names == [{"fullyQualifiedName": IMAGE}]


def test_an_image_without_dockerfile_stands_at_its_name_without_digest() -> None:
    examined = (Examined(IMAGE, "vulnerabilities", about=About.IMAGE),)
    found = run(Report((vulnerability(1, Severity.HIGH, "openssl"),), examined=examined))
    assert artifact(found) == "registry.example.com/llm/server_2.1"


def test_an_image_is_known_from_digest_to_digest() -> None:
    prints = []
    for digit in "ab":
        image = f"localhost:5000/x@sha256:{digit * 64}"
        one = vulnerability(1, Severity.HIGH, "openssl")._replace(location=Location(image))
        found = run(Report((one,), examined=(Examined(image, "image", about=About.IMAGE),)))
        assert artifact(found) == "localhost_5000/x"
        prints.append(found["results"][0]["partialFingerprints"])
    assert prints[0] == prints[1]


def test_a_name_without_anything_fit_for_a_path() -> None:
    image = "@sha256:" + "0" * 64
    one = vulnerability(1, Severity.HIGH, "openssl")._replace(location=Location(image))
    assert (
        artifact(run(Report((one,), examined=(Examined(image, "image", about=About.IMAGE),))))
        == "image"
    )


@pytest.mark.parametrize(
    ("severity", "level", "score"),
    [
        (Severity.CRITICAL, "error", "9.5"),
        (Severity.HIGH, "error", "8.0"),
        (Severity.MEDIUM, "warning", "5.5"),
        (Severity.LOW, "note", "2.0"),
        (Severity.INFO, "note", None),
    ],
)
def test_severities(severity: Severity, level: str, score: str | None) -> None:
    found = run(Report((LATEST._replace(severity=severity),)))
    rule = found["tool"]["driver"]["rules"][0]
    assert found["results"][0]["level"] == rule["defaultConfiguration"]["level"] == level
    assert rule["properties"].get("security-severity") == score
    assert ("security" in rule["properties"]["tags"]) == (score is not None)


def test_a_severity_that_is_not_the_rules_own_is_a_rule_of_its_own() -> None:
    found = run(Report((ROOT_USER, ROOT_USER._replace(severity=Severity.LOW))))
    rules = [rule["id"] for rule in found["tool"]["driver"]["rules"]]
    assert rules == ["root-user", "root-user/low"]


def test_a_severity_that_a_policy_sets_makes_no_other_rule() -> None:
    found = Report((ROOT_USER._replace(severity=Severity.LOW),))
    (rule,) = run(found, CONTEXT._replace(levelled=frozenset(["root-user"])))["tool"]["driver"][
        "rules"
    ]
    assert (rule["id"], rule["name"]) == ("root-user", "RootUser")
    assert rule["defaultConfiguration"] == {"level": "note"}


def test_a_rule_tells_its_family_precision_and_page() -> None:
    rule = run(Report((ROOT_USER,)))["tool"]["driver"]["rules"][0]
    assert rule["properties"]["tags"] == ["images", "security"]
    assert rule["properties"]["precision"] == "very-high"
    assert rule["helpUri"] == "https://example.com/rules/root-user"
    assert rule["help"]["markdown"].startswith("Do not.")


def test_long_descriptions_are_cut() -> None:
    def long(name: str) -> RuleText:
        text = texts(name)
        assert text is not None
        return text._replace(why="x" * 2000, summary="y" * 2000, url="javascript:x()")

    found = run(Report((ROOT_USER,)), CONTEXT._replace(describe=long))
    rule = found["tool"]["driver"]["rules"][0]
    assert len(rule["fullDescription"]["text"]) == 1024
    assert "helpUri" not in rule


def test_an_undescribed_rule_is_described_by_its_name() -> None:
    rule = run(Report((LATEST._replace(rule="undescribed"),)))["tool"]["driver"]["rules"][0]
    assert rule["id"] == "undescribed"
    assert rule["help"] == {"text": "undescribed", "markdown": "undescribed"}
    assert rule["properties"]["tags"][0] == "other"


def test_columns_are_code_points_behind_wide_characters() -> None:
    found = run(Report((LISTS_KEPT,)))
    region = found["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 2, "startColumn": 1, "endLine": 3, "endColumn": 25}
    assert found["columnKind"] == "unicodeCodePoints"


def test_notes_with_a_place_are_related_and_the_others_are_said() -> None:
    result = run(Report((ROOT_USER,)))["results"][0]
    assert [each["message"]["text"] for each in result["relatedLocations"]] == [
        "the server starts here"
    ]
    assert result["message"]["text"] == (
        "the final stage runs as root\n"
        "Help: add `USER 10001` behind the last RUN\n"
        "Note: a numeric user also satisfies `runAsNonRoot`"
    )


def test_related_places_are_limited() -> None:
    notes = (Note("n", LATEST.location),) * 1500
    result = run(Report((LATEST._replace(notes=notes),)))["results"][0]
    assert len(result["relatedLocations"]) == 100


def test_no_links_and_no_controls_from_examined_files() -> None:
    result = run(Report((LATEST._replace(message="\x1b[0m [click](http://evil)"),)))["results"][0]
    assert result["message"]["text"] == "\\x1b[0m [click] (http://evil)"


def test_allowed_findings_are_counted_but_are_no_results() -> None:
    found = run(Report(allowed=(Allowed(LATEST, AllowanceKind.WAIVER, "needed", "2027-01-31"),)))
    assert found["results"] == []
    (notification,) = found["invocations"][0]["toolExecutionNotifications"]
    assert notification["level"] == "note"
    assert "1 finding (1 waiver)" in notification["message"]["text"]


def test_problems_are_notifications() -> None:
    found = run(SAMPLE.report)
    notifications = found["invocations"][0]["toolExecutionNotifications"]
    assert [each["descriptor"]["id"] for each in notifications[:3]] == [
        "nothing-examined",
        "template",
        "unparsable",
    ]
    assert notifications[3]["level"] == "note"
    assert notifications[1]["message"]["text"].startswith("chart/templates/x.yaml: a Helm")
    assert "locations" in notifications[2]
    assert found["invocations"][0]["executionSuccessful"] is True


@pytest.mark.parametrize(
    ("outcome", "kind", "code"),
    [
        (Outcome.INCOMPLETE, ProblemKind.TOOL_MISSING, 3),
        (Outcome.FAIL, ProblemKind.RULE_CRASHED, 4),
    ],
)
def test_execution_was_not_successful(outcome: Outcome, kind: ProblemKind, code: int) -> None:
    verdict = Verdict(outcome, (), Report(problems=(Problem(kind, "x", ""),)))
    log = json.loads("".join(load("sarif")(verdict, CONTEXT)))
    VALIDATOR.validate(log)
    invocation = log["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == code


def test_the_category_names_the_command() -> None:
    assert run(Report())["automationDetails"] == {"id": "imagelint-gate/"}


@pytest.mark.parametrize("name", ["serving/70b", "serving/70b/"])
def test_a_category_that_is_named_is_taken(name: str) -> None:
    found = run(Report(), CONTEXT._replace(category=name))
    assert found["automationDetails"] == {"id": "serving/70b/"}


@pytest.mark.parametrize(
    ("origin", "shown"),
    [
        ("a/Dockerfile", "llm/serving/a/Dockerfile"),
        ("./a/Dockerfile", "llm/serving/a/Dockerfile"),
        ("../Dockerfile", "llm/Dockerfile"),
        ("../../Dockerfile", "Dockerfile"),
        ("/home/me/repo/llm/serving/Dockerfile", "llm/serving/Dockerfile"),
        ("/etc/Dockerfile", "file:///etc/Dockerfile"),
        ("-", "stdin"),
        ("", "unknown"),
    ],
)
def test_paths_start_at_the_root_of_the_repository(origin: str, shown: str) -> None:
    context = CONTEXT._replace(root="/home/me/repo/llm/serving", prefix="llm/serving")
    assert uri(origin, context) == shown


def test_everything_that_names_a_file_starts_there() -> None:
    found = run(Report((ROOT_USER,)), CONTEXT._replace(prefix="llm"))["results"][0]
    files = re.findall(r'"uri": "([^"]*)"', json.dumps(found))
    assert len(files) > 1
    assert all(file.startswith("llm/") for file in files)


def test_a_fix_without_edits_is_no_fix_and_a_deletion_inserts_nothing() -> None:
    fix = ROOT_USER.fix
    assert fix is not None
    without = ROOT_USER._replace(fix=fix._replace(edits=()))
    assert "fixes" not in run(Report((without,)))["results"][0]
    replacements = run(Report((ROOT_USER,)))["results"][0]["fixes"][0]["artifactChanges"][0]
    assert replacements["replacements"] == [
        {
            "deletedRegion": {"charOffset": 42, "charLength": 0},
            "insertedContent": {"text": "USER 10001\n"},
        },
        {"deletedRegion": {"charOffset": 0, "charLength": 1}},
    ]


def test_the_least_severe_are_left_out_and_that_is_said() -> None:
    low = tuple(LATEST._replace(severity=Severity.LOW) for _ in range(MOST_RESULTS))
    report = Report((*low, LATEST))
    log = json.loads("".join(load("sarif")(Verdict(Outcome.FAIL, (), report), CONTEXT)))
    found = log["runs"][0]
    assert len(found["results"]) == MOST_RESULTS
    assert found["results"][0]["level"] == "error"
    assert found["invocations"][0]["toolExecutionNotifications"] == [
        {
            "level": "warning",
            "message": {
                "text": "1 results were left out, the least severe ones: GitHub takes no more."
            },
        }
    ]


def test_the_golden_file_is_valid() -> None:
    VALIDATOR.validate(json.loads(Path(GOLDEN / "report.sarif").read_text(encoding="utf-8")))
