"""What signers state about an image: harmless vulnerabilities, and what is in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.collect.tools.trivy_options import TrivyOptions
from imagelint.documents.image.boms import BillOfMaterials
from imagelint.documents.image.image import ImageIdentity, ImageTarget
from imagelint.policy.model import Policy
from imagelint.run.images import ImageRequest
from imagelint.run.supplychain import scans
from imagelint.testing.images import Image, alpine, python_package

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gate.conftest import Yard

SAYS = "a statement signed by security"


def policy(yard: Yard, here: Path, scan: str) -> None:
    keys = yard.lab.keys
    (here / "policy.yaml").write_text(
        "extends: [strict]\n"
        f"scan: {scan}\n"
        "environment:\n  signers:\n"
        f"    - {{name: build, key: {keys / 'build.pub'}, transparency-log: false}}\n"
        f"    - {{name: security, key: {keys / 'other.pub'}, transparency-log: false}}\n"
    )


def scan(yard: Yard, image: str, *words: str) -> tuple[int, dict[str, Any]]:
    said = ("--policy", "policy.yaml", "--offline", "--trivy-cache", str(yard.lab.cache))
    ended = yard.ours("scan", image, *said, "--format", "json", *words)
    return ended.code, json.loads(ended.text)


def openvex(*ids: str) -> str:
    statements = [
        {
            "vulnerability": {"name": one},
            "products": [{"@id": "pkg:pypi/vllm@0.8.5"}],
            "status": "not_affected",
            "justification": "vulnerable_code_not_in_execute_path",
        }
        for one in ids
    ]
    context = "https://openvex.dev/ns/v0.2.0"
    return json.dumps({"@context": context, "author": "security", "statements": statements})


def about_vllm(report: dict[str, Any]) -> set[str]:
    return {one["subject"] for one in report["findings"] if "pypi/vllm" in one["subject"]}


@pytest.fixture
def vulnerable(yard: Yard) -> str:
    """An image with a vulnerable package, about which two signers state something."""
    image = Image((alpine(("openssl", "3.1.9-r0")), python_package("vllm", "0.8.5")))
    reference = yard.lab.push("stated", image)
    mark = yard.lab.folder / "stated"
    if not mark.exists():
        for name, key in (("CVE-2099-0002", "other"), ("CVE-2099-0004", "build")):
            yard.lab.signing.attest(reference, key, "openvex", openvex(name))
        mark.touch()
    return reference


def test_what_a_signer_calls_harmless_does_not_count(
    yard: Yard, here: Path, vulnerable: str
) -> None:
    policy(yard, here, "{}")
    code, report = scan(yard, vulnerable)
    everything = about_vllm(report)
    assert (code, len(everything) > 1) == (1, True)
    policy(yard, here, "{vex-signed-by: [security]}")
    code, report = scan(yard, vulnerable)
    assert about_vllm(report) == {one for one in everything if "CVE-2099-0002" not in one}
    allowed = {one["finding"]["subject"]: one["reason"] for one in report["allowed"]}
    (reason,) = (said for name, said in allowed.items() if "CVE-2099-0002" in name)
    assert SAYS in reason
    assert SAYS in {row["value"] for row in report["evidence"] if row["name"] == "vex"}


def test_the_word_of_nobody_else_counts(yard: Yard, here: Path, vulnerable: str) -> None:
    policy(yard, here, "{vex-signed-by: [build]}")
    _, report = scan(yard, vulnerable)
    assert any("CVE-2099-0002" in one for one in about_vllm(report))


def test_the_examined_tree_does_not_say_whose_word_counts(
    yard: Yard, here: Path, vulnerable: str
) -> None:
    policy(yard, here, "{vex-signed-by: [security]}")
    (here / "policy.yaml").rename(here / ".imagelint.yaml")
    ended = yard.ours("scan", vulnerable, "--offline", "--trivy-cache", str(yard.lab.cache))
    assert (ended.code, "the examined tree says `vex-signed-by`" in ended.text) == (2, True)


def test_a_signer_who_is_nobody_is_an_error_of_the_policy(yard: Yard, here: Path) -> None:
    policy(yard, here, "{vex-signed-by: [securty]}")
    ended = yard.ours("policy", "check", "policy.yaml")
    assert (ended.code, "no signer is named `securty`" in ended.text) == (2, True)


def test_statements_that_cannot_be_had_are_told(yard: Yard, here: Path, vulnerable: str) -> None:
    policy(yard, here, "{vex-signed-by: [security]}")
    (here / "policy.yaml").write_text(
        (here / "policy.yaml").read_text().replace("other.pub", "none.pub")
    )
    code, report = scan(yard, vulnerable)
    assert code in {1, 3}
    assert any("none.pub" in problem["detail"] for problem in report["problems"])


def test_the_examined_tree_does_not_say_who_matches(yard: Yard, here: Path) -> None:
    policy(yard, here, "{server: 'http://a:secret@127.0.0.1:9'}")
    (here / "policy.yaml").rename(here / ".imagelint.yaml")
    image = yard.lab.push("vulnerable", yard.lab.vulnerable())
    cache = ("--offline", "--trivy-cache", str(yard.lab.cache))
    ended = yard.ours("scan", image, *cache)
    assert (ended.code, "the examined tree says `server`" in ended.text) == (2, True)
    assert "secret" not in ended.text
    ended = yard.ours("scan", image, *cache, "--server", "127.0.0.1:9")
    assert (ended.code, "is no address of a Trivy server" in ended.text) == (2, True)


def test_a_bill_that_names_nothing_stands_for_no_image(yard: Yard, here: Path) -> None:
    image = yard.lab.push("stated-nothing")
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": []}
    yard.lab.signing.attest(image, "build", "cyclonedx", json.dumps(bill))
    policy(yard, here, "{sbom-signed-by: [build]}")
    code, report = scan(yard, image)
    (problem,) = report["problems"]
    assert (code, problem["kind"]) == (3, "nothing-examined")
    assert "stated by build names no package" in problem["detail"]


@pytest.mark.parametrize("first", ["vllm", "numpy"])
def test_of_bills_by_one_signer_none_hides_what_another_lists(
    yard: Yard, here: Path, first: str
) -> None:
    listed = {"vllm": ("pkg:pypi/vllm@0.8.5", "0.8.5"), "numpy": ("pkg:pypi/numpy@2.3.0", "2.3.0")}
    image = Image((alpine(("openssl", "3.1.9-r0")), {"app": f"twice stated, {first} first\n"}))
    reference = yard.lab.push(f"stated-twice-{first}", image)
    policy(yard, here, "{sbom-signed-by: [build]}")
    mark = yard.lab.folder / f"stated-twice-{first}"
    for name in () if mark.exists() else (first, *(listed.keys() - {first})):
        purl, version = listed[name]
        part = {"type": "library", "name": name, "version": version, "purl": purl, "bom-ref": purl}
        bill = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [part]}
        yard.lab.signing.attest(reference, "build", "cyclonedx", json.dumps(bill))
    mark.touch()
    code, report = scan(yard, reference)
    assert code == 1
    assert any("CVE-2099-0002" in one for one in about_vllm(report))
    (said,) = (row["value"] for row in report["evidence"] if row["name"] == "bills of materials")
    assert said.startswith("2 that differ")
    subjects = [one["subject"] for one in report["findings"] if one["rule"] == "vulnerable-package"]
    assert len(subjects) == len(set(subjects))


def test_bills_that_nobody_can_compare_leave_the_verdict_incomplete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scans, "_MOST_BILLS", 1)
    bills = tuple(BillOfMaterials(text, signer="build") for text in ("a", "b"))
    target = ImageTarget(ImageIdentity(reference="r:1", digest="sha256:a"))
    request = ImageRequest(Policy(), TrivyOptions())
    (problem,) = scans.scan_each((target,), request, [bills]).report.problems
    assert "2 bills of materials (SBOM) that differ" in problem.detail


@pytest.mark.parametrize("name", ["bill.json", "bill.spdx.json"])
def test_what_was_listed_is_written_down_and_scanned_where_it_is_signed(
    yard: Yard, here: Path, name: str
) -> None:
    policy(yard, here, "{}")
    image = Image((alpine(("openssl", "3.1.4-r0")), python_package("vllm", "0.8.5"), {"a": name}))
    reference = yard.lab.push(f"listed-{name.replace('.', '-')}", image)
    _, before = scan(yard, reference, "--sbom", name)
    bill = (here / name).read_text()
    assert ("SPDXRef" in bill) is ("spdx" in name)
    assert "vllm" in bill
    assert "CVE-" not in bill
    kind = "spdxjson" if "spdx" in name else "cyclonedx"
    yard.lab.signing.attest(reference, "build", kind, bill)
    policy(yard, here, "{sbom-signed-by: [security]}")
    _, unsigned = scan(yard, reference)
    assert "bill of materials" not in {row["name"] for row in unsigned["evidence"]}
    policy(yard, here, "{sbom-signed-by: [build]}")
    _, after = scan(yard, reference)
    evidence = {row["name"]: row["value"] for row in after["evidence"]}
    assert evidence["bill of materials"] == "stated by build"
    assert about_vllm(after) == about_vllm(before)


def test_a_bill_that_cannot_be_written_is_an_error(yard: Yard, here: Path, vulnerable: str) -> None:
    policy(yard, here, "{}")
    said = ("--policy", "policy.yaml", "--offline", "--trivy-cache", str(yard.lab.cache))
    ended = yard.ours("scan", vulnerable, *said, "--sbom", "no/where/bill.json")
    assert ended.code == 2
