"""Several scanners look at an image: the real Trivy, and stand-ins for the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.testing.images import Image, Layout, alpine, debian, python_package
from tests.collect.conftest import fake
from tools.lab import standins

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.gate.conftest import Yard

    Fake = Callable[[str, str], Path]

__all__ = ("fake",)  # a fixture

SYSTEM = alpine(("openssl", "3.1.4-r0"))
HIGH = Image((SYSTEM, python_package("vllm", "0.8.5")))
CLEAN = Image((alpine(("musl", "1.2.5-r0")), python_package("numpy", "2.3.0")))
LOW = Image((SYSTEM, python_package("ray", "2.9.0")))
AGREED = standins.match(
    "GHSA-2099-aaaa-0002", "vllm", "0.8.5", "0.9.0", severity="Critical", related=["CVE-2099-0002"]
)
ONLY_GRYPE = standins.match("CVE-2099-0050", "ray", "2.9.0", "2.9.1", severity="Critical")
BOTH = ("--scanner", "trivy", "--scanner", "grype")


def scanned(yard: Yard, image: Image, *words: str) -> tuple[int, dict[str, Any]]:
    """How a scan ends, and its report as JSON."""
    folder = yard.folder / "image"
    Layout(folder).add(image)
    report = yard.folder / "report.json"
    ended = yard.ours(
        *("scan", f"oci:{folder}", "--offline", "--trivy-cache", str(yard.lab.cache)),
        *("--format", f"json={report}", *words),
    )
    return ended.code, json.loads(report.read_text("utf-8"))


def found(report: dict[str, Any], rule: str) -> list[str]:
    return [one["message"] for one in report["findings"] if one["rule"] == rule]


def evidence(report: dict[str, Any]) -> dict[str, str]:
    return {row["name"]: row["value"] for row in report["evidence"]}


def policy(yard: Yard, text: str) -> tuple[str, str]:
    path = yard.folder / "policy.yaml"
    path.write_text(f"extends: baseline\n{text}", encoding="utf-8")
    return ("--policy", str(path))


def test_trivy_alone_looks_unless_more_are_asked_for(yard: Yard, fake: Fake) -> None:
    fake("grype", "sys.exit(1)")
    code, report = scanned(yard, LOW)
    assert code == 1
    assert "trivy" in evidence(report)
    assert "grype" not in evidence(report)


@pytest.mark.parametrize("scanners", [BOTH, ("--scanner", "grype")])
def test_what_grype_leaves_out_by_rules_of_its_own_is_said(
    yard: Yard, fake: Fake, scanners: tuple[str, ...]
) -> None:
    fake("grype", standins.grype(matches=[AGREED], ignoredMatches=[ONLY_GRYPE]))
    _, report = scanned(yard, HIGH, *scanners)
    assert evidence(report)["grype left out"] == "1 of what it found, by rules of its own"
    fake("grype", standins.grype(matches=[AGREED]))
    _, report = scanned(yard, HIGH, *scanners)
    assert "grype left out" not in evidence(report)


def test_what_two_report_is_one_finding_that_names_both(yard: Yard, fake: Fake) -> None:
    fake("grype", standins.grype(matches=[AGREED]))
    code, report = scanned(yard, HIGH, *BOTH)
    assert code == 1
    about = [one for one in report["findings"] if "CVE-2099-0002" in one["message"]]
    (only,) = (one for one in about if one["rule"] == "vulnerable-package")
    assert "reported by Trivy and Grype" in json.dumps(only)
    said = evidence(report)
    assert said["grype"] == "0.116.0"
    assert "sha256:" in said["grype program"]
    assert said["grype vulnerability database"].endswith("Z")
    assert said["grype compares"] == "2 of 2 packages that Trivy lists (alpine 3.22.1)"


def test_what_one_alone_reports_counts_and_is_a_disagreement(yard: Yard, fake: Fake) -> None:
    fake("grype", standins.grype(matches=[ONLY_GRYPE]))
    code, report = scanned(yard, LOW, *BOTH)
    assert code == 1
    assert any("CVE-2099-0050" in one for one in found(report, "vulnerable-package"))
    assert found(report, "scanners-disagree") == [
        "Trivy reports CVE-2099-0001 (high) of openssl 3.1.4-r0, Grype does not",
        "Grype reports CVE-2099-0050 (critical) of ray 2.9.0, Trivy does not",
    ]


def test_what_somebody_says_does_no_harm_counts_for_all(yard: Yard, fake: Fake) -> None:
    fake("grype", standins.grype(matches=[ONLY_GRYPE]))
    vex = yard.folder / "vex.json"
    statement = {
        "vulnerability": {"name": "CVE-2099-0050"},
        "products": [{"@id": "pkg:pypi/ray@2.9.0"}],
        "status": "not_affected",
        "justification": "vulnerable_code_not_in_execute_path",
    }
    vex.write_text(
        json.dumps(
            {
                "@context": "https://openvex.dev/ns/v0.2.0",
                "@id": "https://example.com/1",
                "author": "security",
                "timestamp": "2026-01-01T00:00:00Z",
                "version": 1,
                "statements": [statement],
            }
        ),
        encoding="utf-8",
    )
    _, report = scanned(yard, LOW, *BOTH, "--vex", str(vex))
    said = found(report, "vulnerable-package") + found(report, "scanners-disagree")
    assert not any("CVE-2099-0050" in one for one in said)
    assert any("CVE-2099-0050" in one["finding"]["message"] for one in report["allowed"])


def test_what_is_exploited_is_so_whoever_reports_it(yard: Yard, fake: Fake) -> None:
    medium = standins.match(
        "GHSA-2099-x", "ray", "2.9.0", severity="Low", related=["CVE-2099-0009"]
    )
    fake("grype", standins.grype(matches=[medium]))
    kev = yard.folder / "kev.json"
    listed = [{"cveID": "CVE-2099-0009", "dateAdded": "2026-02-27"}]
    kev.write_text(
        json.dumps({"dateReleased": "2026-03-01T00:00:00Z", "vulnerabilities": listed}),
        encoding="utf-8",
    )
    _, report = scanned(yard, LOW, *BOTH, "--kev", str(kev))
    (only,) = (one for one in report["findings"] if "CVE-2099-0009" in one["message"])
    assert only["severity"] == "critical"


def test_osv_scanner_compares_what_trivy_lists(yard: Yard, fake: Fake) -> None:
    said = standins.record(
        "GHSA-2099-b", "ray", "2.9.1", database_specific={"severity": "CRITICAL"}
    )
    fake("osv-scanner", standins.osv({"ray": [said]}))
    code, report = scanned(yard, LOW, "--scanner", "trivy", "--scanner", "osv")
    assert code == 1
    assert any("GHSA-2099-b" in one for one in found(report, "vulnerable-package"))
    assert evidence(report)["osv compares"] == "2 of 2 packages that Trivy lists"
    assert evidence(report)["osv vulnerability database"] == "unknown"


def test_what_a_further_scanner_does_not_know_is_told(yard: Yard, fake: Fake) -> None:
    fake("grype", standins.grype(distro={"name": "", "version": ""}))
    _, report = scanned(yard, LOW, *BOTH)
    assert any(
        "Grype, which must look as well, compared nothing with 1 package (openssl 3.1.4-r0)" in one
        for one in found(report, "unscanned-packages")
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "does not say which version of Grype"),
        (standins.grype("0.50.0"), "too old"),
        (standins.grype(then="os.kill(os.getpid(), 9)"), "was killed by SIGKILL"),
        (standins.grype(then="print('{\"matches\": ['); sys.exit()"), "ends too early"),
        (
            standins.grype(
                matches=[standins.match("CVE-2099-1", "numpy", "2.3.0", severity="Catastrophic")]
            ),
            "a severity that is none: `Catastrophic`",
        ),
        (
            standins.grype(descriptor={"name": "grype", "db": {"status": {"valid": False}}}),
            "it says itself that it is not valid",
        ),
        (standins.grype(matches={}), "`matches` in Grype's report is no list"),
        (standins.grype(matches=[{"vulnerability": {}}]), "has no `vulnerability.id`"),
        (standins.grype(descriptor={"name": "syft"}), "is not Grype's report, but one of syft"),
        (
            standins.grype(source={"type": "directory"}),
            "about a thing of the type directory, not image",
        ),
        (
            standins.grype(source={"type": "image", "target": {"imageID": "sha256:0"}}),
            "Grype scanned sha256:0, not sha256:",
        ),
        (
            standins.grype(
                descriptor={"name": "grype", "db": {"status": {"error": "bad hash"}}},
            ),
            "database cannot be used: bad hash",
        ),
    ],
)
def test_a_second_scanner_without_an_answer_is_incomplete(
    yard: Yard, fake: Fake, body: str, words: str
) -> None:
    fake("grype", body)
    code, report = scanned(yard, CLEAN, *BOTH)
    assert code == 3, report
    assert any(words in one["detail"] for one in report["problems"]), report["problems"]


def test_what_the_first_says_is_told_all_the_same(yard: Yard, fake: Fake) -> None:
    fake("grype", standins.grype(then="sys.exit(1)"))
    code, report = scanned(yard, HIGH, *BOTH)
    assert code == 1
    assert "Grype ended with 1" in report["problems"][0]["detail"]
    assert any("CVE-2099-0002" in one for one in found(report, "vulnerable-package"))


def test_who_must_look_is_not_taken_away(yard: Yard, fake: Fake) -> None:
    fake("grype", "sys.exit(1)")
    demanded = policy(yard, "scan: {scanners: [trivy, grype]}\n")
    code, report = scanned(yard, CLEAN, *demanded, "--scanner", "trivy")
    assert code == 3
    assert "grype" in report["problems"][0]["detail"]


def test_another_program_than_the_policy_pins_does_not_look(yard: Yard, fake: Fake) -> None:
    fake("grype", standins.grype())
    text = f"scan: {{scanners: [trivy, grype], grype: {{sha256: [{'0a' * 32}]}}}}\n"
    code, report = scanned(yard, CLEAN, *policy(yard, text))
    assert code == 3
    assert "no program that the policy knows" in report["problems"][0]["detail"]


def test_grype_may_look_alone(yard: Yard, fake: Fake) -> None:
    fake("grype", standins.grype(matches=[AGREED]))
    code, report = scanned(yard, HIGH, "--scanner", "grype")
    assert code == 1
    assert "trivy" not in evidence(report)
    assert any("CVE-2099-0002" in one for one in found(report, "vulnerable-package"))
    fake("grype", standins.grype())
    assert scanned(yard, HIGH, "--scanner", "grype")[0] == 0


def test_osv_scanner_alone_has_nothing_to_compare(yard: Yard, fake: Fake) -> None:
    fake("osv-scanner", standins.osv({}))
    code, report = scanned(yard, HIGH, "--scanner", "osv")
    assert code == 3
    assert "nobody lists those of this image" in report["problems"][0]["detail"]


def test_a_package_of_debian_is_known_by_its_source(yard: Yard, fake: Fake) -> None:
    fake("osv-scanner", standins.osv({}))
    image = Image((debian(("openssl", "3.0.11-1", "Debian <x@lists.debian.org>")),))
    _, report = scanned(yard, image, "--scanner", "trivy", "--scanner", "osv")
    assert evidence(report)["osv compares"] == "1 of 1 packages that Trivy lists"
