"""Grype and OSV-Scanner, stand-ins for them, and stand-ins that fail in every way."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.deadline import Deadline
from imagelint.collect.registry.layout import resolve_layout
from imagelint.collect.scanners import program as programs
from imagelint.collect.scanners import scanner as protocol
from imagelint.collect.scanners.grype import GRYPE, asked, configuration
from imagelint.collect.scanners.osv import OSV, database_times
from imagelint.collect.scanners.osv import asked as osv_asked
from imagelint.collect.scanners.scanner import ProgramScanner, Question, Scan, Scanner
from imagelint.collect.scanners.trivy import TrivyScanner
from imagelint.collect.tools.trivy_options import TrivyOptions
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.image.boms import BillOfMaterials
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.opinions.grype import parse_grype
from imagelint.documents.image.opinions.osv import parse_osv
from imagelint.documents.image.releases import ReleaseRules
from imagelint.testing.images import Image, Layout, python_package
from tools.lab import standins

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Fake = Callable[[str, str], Path]

DIGEST = "sha256:" + "0a" * 32
IMAGE = ImageIdentity(f"a.test/llm@{DIGEST}", DIGEST, "a.test/llm")
COMPONENT = {"name": "vllm", "version": "0.8.5", "purl": "pkg:pypi/vllm@0.8.5"}
BILL = BillOfMaterials(json.dumps({"bomFormat": "CycloneDX", "components": [COMPONENT]}))
OF_IMAGE, OF_BILL = Question(IMAGE), Question(IMAGE, BILL)
BOTH = ((GRYPE, OF_IMAGE), (OSV, OF_BILL))
VERSIONS = {
    "grype": 'if "version" in sys.argv: print(\'{"version": "0.116.0"}\'); sys.exit()\n',
    "osv-scanner": 'if "--version" in sys.argv: print("osv-scanner version: 2.5.0"); sys.exit()\n',
}


def problem(found: Scan | Problem) -> Problem:
    assert isinstance(found, Problem), found
    return found


def layout(folder: Path) -> ImageIdentity:
    Layout(folder).add(Image((python_package("vllm", "0.8.5"),)))
    found = resolve_layout(f"oci:{folder}", "")
    assert not isinstance(found, Problem), found
    return found[0].identity


def test_all_keep_the_protocol() -> None:
    scanners: tuple[Scanner, ...] = (TrivyScanner(TrivyOptions()), GRYPE, OSV)
    assert [(one.program.title, one.looks) for one in scanners] == [
        ("Trivy", True),
        ("Grype", True),
        ("OSV-Scanner", False),
    ]


# How they are asked


def test_grype_is_told_all_that_it_would_look_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    monkeypatch.delenv("GRYPE_DB_CACHE_DIR", raising=False)
    said = configuration(offline=True)
    assert said["db"] == {
        "cache-dir": "/caches/grype/db",
        "auto-update": False,
        "validate-age": False,
        "validate-by-hash-on-start": True,
    }
    assert said["check-for-app-update"] is False
    assert said["match-upstream-kernel-headers"] is True
    monkeypatch.setenv("GRYPE_DB_CACHE_DIR", "/elsewhere")
    assert '"/elsewhere"' in dict(asked(OF_IMAGE).files)["grype.yaml"]


def test_grype_is_asked_about_one_image_by_its_digest(tmp_path: Path) -> None:
    assert asked(OF_IMAGE).arguments[-1] == f"registry:a.test/llm@{DIGEST}"
    local = asked(Question(layout(tmp_path / "image")))
    assert local.arguments == ("--config", "grype.yaml", "--output", "json", "oci-dir:layout")
    assert "layout/index.json" in dict(local.files)
    assert asked(OF_BILL).arguments[-1] == "sbom:bill.json"


def test_osv_scanner_tells_nobody_what_is_in_the_image() -> None:
    line = " ".join(osv_asked(OF_BILL).arguments)
    assert "--offline-vulnerabilities --download-offline-databases" in line
    assert "--no-resolve" in line
    assert "--all-vulns" in line
    assert osv_asked(OF_BILL._replace(offline=True)).arguments[-1] == "--offline"
    spdx = BillOfMaterials('{"spdxVersion": "SPDX-2.3"}')
    assert "bill.spdx.json" in dict(osv_asked(Question(IMAGE, spdx)).files)


def test_the_databases_of_osv_scanner_are_as_old_as_their_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY", str(tmp_path))
    assert osv_asked(OF_BILL).databases() == ()
    for name in ("PyPI", "npm", "empty"):
        (tmp_path / "osv-scanner" / name).mkdir(parents=True)
    for name, at in (("PyPI", 1_700_000_000), ("npm", 1_600_000_000)):
        file = tmp_path / "osv-scanner" / name / "all.zip"
        file.touch()
        os.utime(file, (at, at))
    assert database_times(str(tmp_path)) == (
        ("PyPI", "2023-11-14T22:13:20Z"),
        ("npm", "2020-09-13T12:26:40Z"),
    )


# What stand-ins answer


def test_what_grype_says_of_a_layout(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRYPE_ONLY_FIXED", "true")
    then = 'assert not [name for name in os.environ if name.startswith("GRYPE")]'
    found = standins.match(
        "GHSA-2099-aaaa-0002", "vllm", "0.8.5", "0.9.0", related=["CVE-2099-0002"]
    )
    fake("grype", standins.grype(then=then, matches=[found]))
    image = layout(tmp_path / "image")
    scan = GRYPE.scan(Question(image))
    assert isinstance(scan, Scan), scan
    opinion = parse_grype(scan.source, scan.facts)
    assert (opinion.scanner, opinion.version) == ("Grype", "0.116.0")
    assert opinion.image_id == image.config
    assert opinion.database != ""
    (one,) = opinion.vulnerabilities
    assert (one.id, one.aliases) == ("CVE-2099-0002", ("GHSA-2099-aaaa-0002",))
    assert (one.package, one.installed, one.fixed, str(one.severity)) == (
        *("vllm", "0.8.5", "0.9.0"),
        "high",
    )


def test_what_grype_says_of_a_bill(fake: Fake) -> None:
    fake("grype", standins.grype())
    scan = GRYPE.scan(OF_BILL)
    assert isinstance(scan, Scan), scan
    assert scan.facts.bill
    assert parse_grype(scan.source, scan.facts).vulnerabilities == ()


def test_what_osv_scanner_says(fake: Fake) -> None:
    said = standins.record("PYSEC-2099-2", "vllm", "0.9.0", aliases=["CVE-2099-0002"])
    fake("osv-scanner", standins.osv({"vllm": [said]}))
    scan = OSV.scan(OF_BILL)
    assert isinstance(scan, Scan), scan
    assert (scan.facts.version, scan.facts.found) == ("2.5.0", True)
    (one,) = parse_osv(scan.source, scan.facts).vulnerabilities
    assert (one.id, one.aliases, one.fixed) == ("CVE-2099-0002", ("PYSEC-2099-2",), "0.9.0")
    assert (str(one.severity), one.cvss) == ("high", 8.8)


# What fails


@pytest.mark.parametrize(("scanner", "question"), BOTH)
def test_a_missing_program_is_a_problem(
    scanner: ProgramScanner, question: Question, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = problem(scanner.scan(question))
    assert found.kind is ProblemKind.TOOL_MISSING
    assert "brew install" in found.help


@pytest.mark.parametrize(
    ("scanner", "question", "body"),
    [
        (GRYPE, OF_IMAGE, standins.grype("0.87.0")),
        (OSV, OF_BILL, standins.osv({}, "2.0.3")),
    ],
)
def test_an_old_program_is_not_asked(
    fake: Fake, scanner: ProgramScanner, question: Question, body: str
) -> None:
    fake(scanner.program.name, body)
    found = problem(scanner.scan(question))
    assert found.kind is ProblemKind.TOOL_FAILED
    assert "too old" in found.detail
    assert "is needed" in found.detail


def test_a_program_that_the_policy_does_not_know_is_not_run(fake: Fake) -> None:
    fake("grype", standins.grype())
    rules = ReleaseRules(sha256=("0a" * 32,))
    found = problem(GRYPE.scan(OF_IMAGE._replace(releases=rules)))
    assert "no program that the policy knows" in found.detail
    denied = ReleaseRules(denied=("0.116.0",))
    assert "denies" in problem(GRYPE.scan(OF_IMAGE._replace(releases=denied))).detail


def test_a_program_that_lies_about_its_version_is_refused(fake: Fake) -> None:
    fake("grype", f"# mod\tgithub.com/anchore/grype\tv0.90.0\t\n{standins.grype()}")
    found = problem(GRYPE.scan(OF_IMAGE))
    assert "says that it is 0.116.0, but was built from 0.90.0" in found.detail


@pytest.mark.parametrize(("scanner", "question"), BOTH)
@pytest.mark.parametrize("body", ["print('{')", "print('new')", "sys.exit(1)"])
def test_a_program_without_a_version_is_refused(
    fake: Fake, scanner: ProgramScanner, question: Question, body: str
) -> None:
    fake(scanner.program.name, body)
    assert "does not say which version" in problem(scanner.scan(question)).detail


@pytest.mark.parametrize(("scanner", "question"), BOTH)
def test_a_program_that_hangs_is_stopped(
    fake: Fake, scanner: ProgramScanner, question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "MARGIN_SECONDS", 0.0)
    fake(scanner.program.name, f"{VERSIONS[scanner.program.name]}time.sleep(60)")
    found = problem(scanner.scan(question._replace(deadline=Deadline(1))))
    assert found.kind is ProblemKind.TIMED_OUT
    monkeypatch.setattr(programs, "VERSION_SECONDS", 1.0)
    fake(scanner.program.name, "time.sleep(60)")
    assert problem(scanner.scan(question)).kind is ProblemKind.TIMED_OUT


@pytest.mark.parametrize(("scanner", "question"), BOTH)
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("os.kill(os.getpid(), 9)", "killed by SIGKILL: probably there was not enough memory"),
        ("sys.stdout.write('x' * 2_000_000)", "wrote more than 1,000,000 bytes"),
        ("print('something new', file=sys.stderr); sys.exit(127)", "ended with 127: something new"),
        ("print('write /tmp: no space left on device', file=sys.stderr); sys.exit(127)", "is full"),
        ("print('unknown flag: --x', file=sys.stderr); sys.exit(127)", "does not know what we ask"),
    ],
)
def test_what_goes_wrong_is_told_apart(  # noqa: PLR0913, PLR0917 - fixtures and a table
    fake: Fake,
    scanner: ProgramScanner,
    question: Question,
    body: str,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "LARGEST_REPORT", 1_000_000)
    fake(scanner.program.name, f"{VERSIONS[scanner.program.name]}{body}")
    assert words in problem(scanner.scan(question)).detail


def test_without_its_database_grype_found_nothing_out(fake: Fake) -> None:
    words = "failed to load vulnerability db: database does not exist"
    fake("grype", f"{VERSIONS['grype']}print({words!r}, file=sys.stderr); sys.exit(1)")
    assert "database is not there" in problem(GRYPE.scan(OF_IMAGE)).detail


@pytest.mark.parametrize("code", [0, 1, 127])
def test_without_one_of_its_databases_osv_scanner_found_out_half(fake: Fake, code: int) -> None:
    said = (
        "could not load db for Alpine ecosystem: unable to fetch OSV database: no offline version"
    )
    body = f"print({said!r}, file=sys.stderr); print('{{\"results\": []}}'); sys.exit({code})"
    fake("osv-scanner", f"{VERSIONS['osv-scanner']}{body}")
    assert "is not there for some of the packages" in problem(OSV.scan(OF_BILL)).detail


def test_a_bill_without_packages_is_none(fake: Fake) -> None:
    said = "No package sources found, --help for usage information."
    body = f"print({said!r}, file=sys.stderr); sys.exit(128)"
    fake("osv-scanner", f"{VERSIONS['osv-scanner']}{body}")
    assert problem(OSV.scan(OF_BILL)).kind is ProblemKind.NOTHING_EXAMINED


@pytest.mark.parametrize(("code", "words"), [(0, "found nothing"), (1, "found something")])
def test_osv_scanner_contradicts_itself(fake: Fake, code: int, words: str) -> None:
    said = {"vllm": [standins.record("PYSEC-2099-2", "vllm")]} if code == 0 else {}
    fake("osv-scanner", standins.osv(said, code=code))
    scan = OSV.scan(OF_BILL)
    assert isinstance(scan, Scan), scan
    with pytest.raises(DocumentError, match=f"says that it {words}"):
        parse_osv(scan.source, scan.facts)


def test_without_time_nothing_is_scanned(fake: Fake) -> None:
    fake("grype", standins.grype())
    deadline = Deadline(0.001)
    time.sleep(0.01)
    found = problem(GRYPE.scan(OF_IMAGE._replace(deadline=deadline)))
    assert found.kind is ProblemKind.TIMED_OUT
    assert "it was not scanned with Grype" in found.detail
