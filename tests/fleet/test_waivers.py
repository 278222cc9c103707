"""`imagelint waivers`, and what it makes of them for scanners."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from imagelint.core.source import Source
from imagelint.documents.image.vex import parse_vex
from imagelint.fleet.waivers import Choice, ListedWaiver, as_openvex, as_text, listed
from imagelint.policy.model import Waiver
from imagelint.store.database import Store
from imagelint.store.questions import WaivedVulnerability
from imagelint.store.reading import Reader
from imagelint.store.records import NewRun, UsedWaiver, Worker
from imagelint.store.runs import begin, finish
from imagelint.store.writing import Writer
from tests.cli.projects import write
from tests.store.samples import finished

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

TODAY = "2026-11-26"
LEGACY = Waiver("root-user", "legacy", "2027-01-31", "registry.example.com/*")
RISK = Waiver("vulnerable-package", "a mirror", "2026-12-01", subject="CVE-2026-1000", owner="a")
UNLOADED = RISK._replace(
    reason="never loaded", justification="vulnerable_code_not_in_execute_path", ticket="SEC-1"
)
ENDED = LEGACY._replace(until="2026-11-25", owner="b")
POLICY = """\
name: payments
waivers:
  - rule: root-user
    where: "registry.example.com/*"
    reason: legacy
    until: 2027-01-31
  - rule: vulnerable-package
    subject: CVE-2026-1000
    reason: never loaded
    until: 2099-12-01
    owner: inference
    ticket: SEC-1
    approver: ciso@example.com
    justification: vulnerable_code_not_in_execute_path
"""


def store_with(folder: Path, waiver: Waiver, position: int) -> Path:
    """A store of a run in which a waiver covers one vulnerability of two images."""
    path = folder / "audit.db"
    with Store.open(str(path)) as store:
        begun = begin(store, NewRun("k", ("r",)), Worker("h", 1), "2026-11-20T00:00:00Z", bool)
        several = []
        for number in (3, 6):
            one = finished(number)
            assert one.judgement is not None
            findings = tuple(
                found._replace(allowed="waiver", reason=waiver.reason, waiver=position)
                if found.vulnerability == "CVE-2026-1000"
                else found
                for found in one.judgement.findings
            )
            several.append(one._replace(judgement=one.judgement._replace(findings=findings)))
        Writer(store, begun, lambda: "2026-11-20T00:00:00Z").write(several)
        told = (
            UsedWaiver("root-user", "registry.example.com/*", "", "legacy", "2027-01-31", "p"),
            UsedWaiver(waiver.rule, "", waiver.subject, waiver.reason, waiver.until, "p"),
        )
        finish(store, begun, told, "2026-11-20T01:00:00Z")
    return path


def test_the_first_to_end_comes_first() -> None:
    found = listed((LEGACY, RISK, ENDED), (), TODAY)
    assert [(one.waiver, one.state) for one in found] == [
        (ENDED, "ended"),
        (RISK, "ending"),
        (LEGACY, "holds"),
    ]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(), 3),
        (Choice(ending=5), 2),
        (Choice(ending=4), 1),
        (Choice(owner="a"), 1),
        (Choice(owner=""), 1),
        (Choice(unused=True), 0),
    ],
)
def test_some_of_them(choice: Choice, expected: int) -> None:
    found = listed((LEGACY, RISK, ENDED), (), TODAY)
    assert sum(choice.takes(one, TODAY) for one in found) == expected


def test_text_hides_controls() -> None:
    evil = LEGACY._replace(reason="a\x1b[31m", approver="b\n::error::")
    text = "".join(as_text(listed((evil,), (), TODAY)))
    assert "\x1b" not in text
    assert "\n::error" not in text


def test_the_list_beside_an_audit(program: Program, here: Path) -> None:
    write(here, _imagelint_yaml=POLICY)
    used = UNLOADED._replace(until="2099-12-01")
    store = str(store_with(here, used, 1))
    text = program("waivers", "--store", store).out
    assert "owner: inference" in text
    assert "used: 2 findings in the newest audit" in text
    assert text.endswith("2 waivers, 0 ended, 0 end soon, 1 unused\n")
    unused = program("waivers", "--store", store, "--unused", "--format", "csv").out
    assert [row["rule"] for row in csv.DictReader(io.StringIO(unused))] == ["root-user"]
    told = json.loads(program("waivers", "--owner", "inference", "--format", "json").out)
    assert [(one["ticket"], one["used"]) for one in told] == [("SEC-1", None)]


def test_vex_is_read_by_our_own_scanner(program: Program, here: Path) -> None:
    write(here, _imagelint_yaml=POLICY)
    store = str(store_with(here, UNLOADED._replace(until="2099-12-01"), 1))
    answer = program("waivers", "--store", store, "--format", "openvex=vex.json")
    assert (answer.code, answer.err) == (0, "")
    (statement,) = parse_vex(Source("vex.json", (here / "vex.json").read_text()))
    assert statement.ids == ("CVE-2026-1000",)
    assert statement.said == "not affected"
    assert statement.author == "payments"
    purls = [product.purl for product in statement.products]
    assert len(purls) == 2
    assert all(purl.startswith("pkg:oci/app-") for purl in purls)
    assert all("@sha256:" in purl for purl in purls)
    assert {part for product in statement.products for part in product.parts} == {
        "pkg:deb/debian/openssl"
    }


def test_an_accepted_risk_is_affected(tmp_path: Path) -> None:
    path = store_with(tmp_path, RISK, 1)
    from imagelint.store.questions import waived_vulnerabilities

    with Store.open(str(path)) as store, store.reading() as connection:
        met = waived_vulnerabilities(connection, 1)
        seen = Reader(store).waivers(1)
    # In another order than in the audit: what they say tells which is which.
    found = listed((RISK, ENDED), seen, TODAY)
    document = json.loads("".join(as_openvex(found, met, "me", "2026-11-26T00:00:00Z")))
    assert document["@context"] == "https://openvex.dev/ns/v0.2.0"
    (statement,) = document["statements"]
    assert statement["status"] == "affected"
    assert statement["action_statement"] == "accepted until 2026-12-01: a mirror"
    late = listed((RISK,), seen, "2026-12-02")
    assert json.loads("".join(as_openvex(late, met, "me", "x")))["statements"] == []


def test_what_only_an_audit_tells(program: Program, here: Path) -> None:
    write(here, _imagelint_yaml=POLICY)
    for arguments in (("--unused",), ("--format", "openvex")):
        answer = program("waivers", *arguments)
        assert answer.code == 2
        assert "--store imagelint-audit.db" in answer.err


def test_what_holds_at_a_place_is_not_said_of_the_whole_package() -> None:
    met = WaivedVulnerability(0, "CVE-2026-1000", "r.example.com/llm", "sha256:0a", "pkg:pypi/a")
    for waiver, status in ((UNLOADED, "not_affected"), (UNLOADED._replace(path="a"), "affected")):
        one = ListedWaiver(waiver, "holds", audited=0)
        (statement,) = json.loads("".join(as_openvex((one,), (met,), "a", "b")))["statements"]
        assert statement["status"] == status
    assert "at: opt/\n" in "".join(as_text(listed((UNLOADED._replace(path="opt/"),), (), TODAY)))
