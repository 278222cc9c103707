from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.core.finding import Severity
from imagelint.core.report import ProblemKind
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.image.coverage import Unscanned, UnscannedPackages
from imagelint.documents.image.image import NOWHERE
from imagelint.documents.image.vulnerabilities import (
    DatabaseInfo,
    ScanFacts,
    Status,
    Vulnerability,
    VulnerabilityReport,
    parse_vulnerabilities,
)
from tests.documents.image.test_jsonview import VALUES

DIGEST = "sha256:" + "0a" * 32


def report(*results: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "SchemaVersion": 2,
        "ArtifactType": "container_image",
        "Metadata": {"OS": {"Family": "debian", "Name": "12.5"}},
        "Results": list(results),
        **more,
    }


def parse(value: object, facts: ScanFacts | None = None) -> VulnerabilityReport:
    source = Source("a.test/llm:v1", json.dumps(value))
    return parse_vulnerabilities(source, facts) if facts else parse_vulnerabilities(source)


def vulnerability(**more: Any) -> dict[str, Any]:
    return {"VulnerabilityID": "CVE-2099-1", "PkgName": "vllm", "Severity": "HIGH", **more}


def python(*found: dict[str, Any]) -> dict[str, Any]:
    return {"Target": "Python", "Class": "lang-pkgs", "Vulnerabilities": list(found)}


def test_a_vulnerability_is_read_whole() -> None:
    (found,) = parse(
        report(
            python(
                vulnerability(
                    InstalledVersion="0.8.5",
                    FixedVersion="0.9.0, 0.8.6",
                    Status="fixed",
                    CVSS={
                        "nvd": {"V2Score": 10, "V3Score": 7.5},
                        "ghsa": {"V3Score": 9.8, "V40Score": 9.3},
                    },
                    PkgIdentifier={"PURL": "pkg:pypi/vllm@0.8.5"},
                    PkgPath="site-packages/vllm/METADATA",
                    Title="remote\ncode \x1b[31mexecution",
                    PrimaryURL="https://avd.example.test/CVE-2099-1",
                    Layer={"Digest": DIGEST},
                )
            )
        )
    ).vulnerabilities
    assert found == Vulnerability(
        *(NOWHERE, "CVE-2099-1", "vllm", "0.8.5", "0.9.0, 0.8.6", Severity.HIGH, True),
        *(Status.FIXED, 9.8, "pkg:pypi/vllm@0.8.5", "remote code  [31mexecution"),
        *("https://avd.example.test/CVE-2099-1", "Python", DIGEST, "site-packages/vllm/METADATA"),
    )
    assert found.subject == "CVE-2099-1 pkg:pypi/vllm"


def test_what_is_missing_stays_empty() -> None:
    unrated = vulnerability(Severity="UNKNOWN", Status="?")
    (found,) = parse(report(python(unrated))).vulnerabilities
    assert (found.severity, found.rated, found.status) == (Severity.MEDIUM, False, Status.UNKNOWN)
    assert (found.cvss, found.fixed, found.url, found.path) == (None, "", "", "Python")
    assert found.subject == "CVE-2099-1 vllm"


def test_a_link_that_is_none_is_dropped() -> None:
    (found,) = parse(report(python(vulnerability(PrimaryURL="javascript:x")))).vulnerabilities
    assert found.url == ""


def test_system_packages_are_found_under_the_distribution_and_not_under_our_folder() -> None:
    result = {**python(vulnerability()), "Class": "os-pkgs", "Target": "layout (debian 12.5)"}
    (found,) = parse(report(result)).vulnerabilities
    assert (found.target, found.path) == ("debian 12.5", "debian 12.5")


def test_the_worst_come_first_whatever_the_order_and_each_once() -> None:
    low = vulnerability(Severity="LOW", VulnerabilityID="CVE-2099-0")
    high, other = vulnerability(), vulnerability(PkgName="aaa")
    one = parse(report(python(low, high, other, high)))
    two = parse(report(python(other, high, low)))
    assert one.vulnerabilities == two.vulnerabilities
    assert [found.package for found in one.vulnerabilities] == ["aaa", "vllm", "vllm"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (report(python({"PkgName": "x"})), "has no `VulnerabilityID`"),
        (report(python({**vulnerability(), "VulnerabilityID": 7})), "has no `VulnerabilityID`"),
        (report({"Packages": [{"Version": "1"}]}), "an entry of `Packages` in Trivy's report has"),
        ({**report(), "Results": {"a": 1}}, "`Results` in Trivy's report is no list"),
        ({**report(), "Results": "none"}, "`Results` in Trivy's report is no list"),
        ({**report(), "Results": ["a"]}, "an entry of `Results` in Trivy's report is no object"),
        (report({"Vulnerabilities": {}}), "`Vulnerabilities` in Trivy's report is no list"),
        (report({"Packages": [None]}), "an entry of `Packages` in Trivy's report is no object"),
        (report(python(vulnerability(Severity="critical"))), "a severity that is none: `critical`"),
        (report(python(vulnerability(Severity=5))), "a severity that is none"),
        (
            report({"ExperimentalModifiedFindings": [{"Finding": vulnerability()}]}),
            "hides CVE-2099-1 by somebody's word",
        ),
    ],
)
def test_nothing_hides_in_another_form(value: dict[str, Any], words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        parse(value)


@pytest.mark.parametrize("absent", [{}, {"Results": None}, {"Results": []}])
def test_a_report_may_be_about_nothing(absent: dict[str, Any]) -> None:
    value = {key: one for key, one in report().items() if key != "Results"}
    assert parse({**value, **absent}).vulnerabilities == ()


def test_what_the_code_says_is_what_the_report_lists() -> None:
    with pytest.raises(DocumentError, match="says that it found something, its report lists 0"):
        parse(report(), ScanFacts(found=True))
    with pytest.raises(DocumentError, match="says that it found nothing, its report lists 1"):
        parse(report(python(vulnerability())), ScanFacts(found=False))
    assert parse(report(python(vulnerability())), ScanFacts(found=True)).vulnerabilities
    assert not parse(report(), ScanFacts(found=False)).vulnerabilities


def test_what_was_scanned_is_known() -> None:
    metadata = {
        "OS": {"Family": "alpine", "Name": "3.22.1"},
        "ImageID": "sha256:1",
        "RepoDigests": [f"a.test/llm@{DIGEST}"],
        "ImageConfig": {"config": {"User": "10001"}},
    }
    listed = {"Class": "os-pkgs", "Packages": [{"Name": "a"}, {"Name": "b"}]}
    found = parse(report(listed, Metadata=metadata, Trivy={"Version": "0.76.0"}))
    scanned = found.scanned
    assert (found.digest, scanned.image_id, scanned.packages) == (DIGEST, "sha256:1", 2)
    assert (scanned.system, found.facts.version) == ("alpine 3.22.1", "0.76.0")
    assert scanned.config is not None
    assert scanned.config.user == "10001"
    assert parse(report()).digest == ""
    assert parse(report()).scanned.config is None


@pytest.mark.parametrize(
    ("taken", "updated", "age"),
    [
        ("2026-03-20T12:00:00Z", "2026-03-19T06:30:00Z", 29.5),
        ("2026-03-20T12:00:00.123456789Z", "2026-03-20T13:00:00.1Z", -1.0),
        ("2026-03-20T12:00:00Z", "2026-03-20T12:00:00+02:00", 2.0),
    ],
)
def test_the_age_of_the_database_is_computed(taken: str, updated: str, age: float) -> None:
    database = parse(report(), ScanFacts(taken=taken, database=updated)).database
    assert database.updated == updated
    assert database.age == pytest.approx(age, abs=1e-3)


@pytest.mark.parametrize(
    ("taken", "updated"),
    [
        ("2026-03-20T12:00:00Z", ""),
        ("", "2026-03-20T12:00:00Z"),
        ("2026-03-20T12:00:00", "2026-03-20T12:00:00Z"),
        ("never", "2026-03-20T12:00:00Z"),
    ],
)
def test_the_age_of_the_database_may_be_unknown(taken: str, updated: str) -> None:
    database = parse(report(), ScanFacts(taken=taken, database=updated)).database
    assert database == DatabaseInfo(NOWHERE, "", None)


def test_in_server_mode_the_report_tells_the_database() -> None:
    tool = {"Version": "0.76.0", "Server": {"VulnerabilityDB": {"UpdatedAt": "2026-03-20T00:00Z"}}}
    found = parse(report(Trivy=tool, CreatedAt="2026-03-20T06:00Z"))
    assert found.database.age == 6


def unscanned(value: object, facts: ScanFacts | None = None) -> list[tuple[Unscanned, Any, str]]:
    return [(one.reason, one.names, one.detail) for one in parse(value, facts).unscanned]


SYSTEM = {"Class": "os-pkgs", "Type": "debian", "Packages": [{"Name": "a", "Version": "1"}]}


def language(kind: str, version: str = "1") -> dict[str, Any]:
    packages = [{"Name": "x", "Version": version}]
    return {"Class": "lang-pkgs", "Type": kind, "Packages": packages}


def test_packages_of_other_vendors_were_not_matched() -> None:
    packages = [
        {"Name": "openssl", "Version": "3"},
        {"Name": "libcudnn9", "Version": "9", "Repository": {"Class": "third-party"}},
        {"Name": "libcublas", "Version": "12", "Repository": {"Class": "third-party"}},
    ]
    value = report({"Class": "os-pkgs", "Packages": packages})
    names = ("libcublas 12", "libcudnn9 9")
    assert unscanned(value) == [(Unscanned.THIRD_PARTY, names, "debian 12.5")]


def test_packages_of_conda_were_not_matched() -> None:
    packages = [{"Name": "numpy", "Version": "1"}]
    value = report(SYSTEM, {"Class": "lang-pkgs", "Type": "conda-pkg", "Packages": packages})
    assert unscanned(value) == [(Unscanned.CONDA, ("numpy 1",), "")]


def test_a_distribution_that_is_out_of_support_was_matched_against_the_past() -> None:
    old = {"OS": {"Family": "ubuntu", "Name": "18.04", "EOSL": True}}
    value = report({"Class": "os-pkgs", "Packages": [{"Name": "a", "Version": "1"}]}, Metadata=old)
    assert unscanned(value) == [(Unscanned.END_OF_LIFE, ("a 1",), "ubuntu 18.04")]


def test_without_a_distribution_no_system_packages_are_known() -> None:
    assert unscanned(report(Metadata={})) == [(Unscanned.NO_DISTRIBUTION, (), "")]


def test_a_system_that_nobody_knows_has_packages_all_the_same() -> None:
    none = {"OS": {"Family": "none", "Name": ""}}
    assert unscanned(report(Metadata=none)) == [(Unscanned.UNKNOWN_SYSTEM, (), "")]


def test_a_system_without_a_package_has_lost_their_list() -> None:
    empty = {"Class": "os-pkgs", "Type": "debian"}
    assert unscanned(report(empty)) == [(Unscanned.NO_PACKAGES, (), "debian 12.5")]
    # Of a system whose list it does not read, it says nothing at all.
    nothings: tuple[Any, ...] = (None, [])
    for nothing in nothings:
        found = unscanned({**report(), "Results": nothing})
        assert found == [(Unscanned.NO_PACKAGES, (), "debian 12.5")]


@pytest.mark.parametrize(
    ("family", "release", "buckets", "known"),
    [
        ("alpine", "3.22.1", ("alpine 3.22",), True),
        ("alpine", "3.2.1", ("alpine 3.22",), False),
        ("alpine", "3.99.1", ("alpine 3.22",), False),
        ("debian", "12.5", ("debian 12",), True),
        ("debian", "1", ("debian 12",), False),
        ("ubuntu", "24.04", ("ubuntu 24.04", "ubuntu 22.04"), True),
        ("ubuntu", "24.04", ("ubuntu 24.10",), False),
        ("redhat", "9.4", ("Red Hat", "Red Hat CPE"), True),
        ("centos", "7.9.2009", ("Red Hat",), True),
        ("amazon", "2 (Karoo)", ("amazon linux 2023",), False),
        ("amazon", "2023.5", ("amazon linux 2023",), True),
        ("azurelinux", "3.0", ("Azure Linux 3.0",), True),
        ("wolfi", "20230201", ("wolfi",), True),
        ("suse linux enterprise server", "15.5", ("SUSE Linux Enterprise 15.5",), True),
        ("alpine", "3.22.1", ("pip::GitHub",), False),
    ],
)
def test_a_release_may_be_unknown_to_the_database(
    family: str, release: str, buckets: tuple[str, ...], *, known: bool
) -> None:
    system = {"OS": {"Family": family, "Name": release}}
    found = unscanned(report(SYSTEM, Metadata=system), ScanFacts(advised=buckets))
    unknown = [(Unscanned.UNKNOWN_RELEASE, ("a 1",), f"{family} {release}")]
    assert found == ([] if known else unknown)


def test_packages_may_be_of_a_kind_without_advisories() -> None:
    facts = ScanFacts(advised=("debian 12", "pip::GitHub"))
    found = unscanned(report(SYSTEM, language("node-pkg"), language("python-pkg")), facts)
    assert found == [(Unscanned.NO_ADVISORIES, ("x 1",), "node-pkg")]
    assert unscanned(report(SYSTEM, language("cocoapods"))) == [
        (Unscanned.NO_ADVISORIES, ("x 1",), "cocoapods")
    ]
    assert unscanned(report(SYSTEM, language("new"), language("gobinary"))) == []


@pytest.mark.parametrize("buckets", [(), ("data-source", "vulnerability")])
def test_a_database_may_be_empty(buckets: tuple[str, ...]) -> None:
    found = unscanned(report(SYSTEM, language("pip")), ScanFacts(advised=buckets))
    assert found == [(Unscanned.EMPTY_DATABASE, (), "")]


@pytest.mark.parametrize("version", ["", "(devel)"])
def test_packages_may_not_say_their_version(version: str) -> None:
    found = unscanned(report(SYSTEM, language("gobinary", version)))
    assert found == [(Unscanned.NO_VERSION, (f"x {version}".strip(),), "")]


def test_files_that_were_not_understood_are_told() -> None:
    found = unscanned(report(SYSTEM), ScanFacts(unreadable=("b", "a")))
    assert found == [(Unscanned.UNREADABLE, ("a", "b"), "")]


def test_files_that_were_left_out_are_told() -> None:
    facts = ScanFacts(skipped=("**/*.pt", "**/*.gguf"))
    assert unscanned(report(SYSTEM), facts) == [(Unscanned.SKIPPED, ("**/*.gguf", "**/*.pt"), "")]


def test_nodes_come_in_one_order() -> None:
    found = parse(report(SYSTEM, python(vulnerability())), ScanFacts(skipped=("*.pt",)))
    kinds = [type(node) for node in found.nodes()]
    assert kinds == [DatabaseInfo, UnscannedPackages, Vulnerability]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"SchemaVersion": 2, "Resu', "Trivy's report ends too early, after 26 characters"),
        ("", "Trivy's report ends too early, after 0 characters"),
        ("FATAL", "Trivy's report is not JSON: Expecting value in line 1, column 1"),
        ("{}", "Trivy's report has no schema version, not 2"),
        ("[1]", "Trivy's report has no schema version, not 2"),
        ('{"SchemaVersion": 3}', "Trivy's report has schema version 3, not 2"),
        (
            '{"SchemaVersion": 2, "ArtifactType": "filesystem"}',
            "is Trivy's report about a filesystem",
        ),
        ('{"SchemaVersion": 2}', "is Trivy's report about a thing without type"),
    ],
)
def test_what_is_no_report_is_refused(text: str, words: str) -> None:
    source = Source("a.test/llm:v1", text)
    with pytest.raises(DocumentError) as caught:
        parse_vulnerabilities(source)
    problem = caught.value.problem(source)
    assert (problem.kind, problem.detail) == (ProblemKind.UNPARSABLE, words)


@given(st.dictionaries(st.sampled_from(["Metadata", "Results", "Trivy", "CreatedAt"]), VALUES))
def test_any_report_of_the_right_version_is_read_or_refused(members: dict[str, Any]) -> None:
    try:
        found = parse({**report(), **members})
    except DocumentError:
        return
    assert isinstance(list(found.walk()), list)


@given(st.lists(st.dictionaries(st.sampled_from(list(vulnerability())), VALUES), max_size=3))
def test_any_vulnerabilities_are_read_without_control_characters(entries: list[Any]) -> None:
    rated = {"VulnerabilityID": "CVE-2099-1", "Severity": "UNKNOWN"}
    named = [{**entry, **rated} for entry in entries]
    for found in parse(report(python(*named))).vulnerabilities:
        texts = [value for value in found if isinstance(value, str)]
        assert all(ord(character) >= 32 for text in texts for character in text)
