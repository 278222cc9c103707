"""What a scan tells besides findings."""

from __future__ import annotations

from imagelint.audit.deep.scanned import Scanned, by_layer
from imagelint.core.finding import Severity
from imagelint.documents.image.image import NOWHERE
from imagelint.documents.image.jsonview import JsonView
from imagelint.documents.image.opinions.listed import ListedPackage, listed_packages
from imagelint.documents.image.vulnerabilities import Status, Vulnerability
from imagelint.store.records import StoredFinding, StoredPackage, StoredVulnerability

ONE = Vulnerability(
    *(NOWHERE, "CVE-2026-1", "openssl", "3.0.1", "", Severity.LOW, True, Status.AFFECTED, None),
    purl="",
    title="a hole",
    url="",
    target="alpine 3.22",
    layer="sha256:a",
    path="alpine 3.22",
    published="2026-01-02T03:04:05Z",
)
OTHER = ONE._replace(
    severity=Severity.HIGH, fixed="3.0.2", package="libssl", path="app", layer="sha256:b"
)


def about(one: Vulnerability) -> StoredFinding:
    said = "vulnerable-package", one.severity, "certain", "has a hole"
    return StoredFinding(*said, place=one.path, subject=one.subject)


def test_a_finding_has_the_package_and_the_layer_of_its_vulnerability() -> None:
    found = Scanned((ONE, OTHER)).located(about(OTHER))
    assert (found.vulnerability, found.package, found.layer) == (
        *("CVE-2026-1", "libssl"),
        "sha256:b",
    )
    stranger = about(ONE._replace(id="CVE-2026-2"))
    assert Scanned((ONE, OTHER)).located(stranger) is stranger


def test_a_package_is_called_as_its_scanner_calls_it() -> None:
    net = ONE._replace(package="golang.org/x/net", purl="pkg:golang/golang.org/x/net@v0.1.0")
    named = about(net)._replace(package="net")  # by the end of its URL
    assert Scanned((net,)).located(named).package == "golang.org/x/net"


def test_of_several_layers_none_is_named() -> None:
    again = ONE._replace(layer="sha256:c", installed="3.0.0")
    assert Scanned((ONE, again)).located(about(ONE)).layer is None
    assert Scanned((ONE._replace(layer=""),)).located(about(ONE)).layer is None


def test_known_is_what_findings_are_about_by_all_packages() -> None:
    unsaid = ONE._replace(id="CVE-2026-2")
    scanned = Scanned((ONE, OTHER, unsaid))
    assert scanned.known([scanned.located(about(ONE))]) == (
        StoredVulnerability("CVE-2026-1", Severity.HIGH, "a hole", "2026-01-02", fixed=True),
    )
    assert Scanned((ONE,)).known([scanned.located(about(ONE))])[0].fixed is False
    elsewhere = about(ONE)._replace(vulnerability="CVE-2026-3")
    assert scanned.known([elsewhere]) == ()


def test_packages_are_lists_by_the_layer_that_holds_them() -> None:
    packages = [
        ListedPackage("openssl", "3.0.1", "debian", "sha256:a"),
        ListedPackage("libssl3", "3.0.1", "debian", "sha256:a"),
        ListedPackage("vllm", "0.9", "python-pkg", "sha256:b"),
        ListedPackage("vllm", "0.9", "python-pkg", "sha256:b"),
    ]
    below, own = by_layer(packages)
    assert {one.name for one in below.packages} == {"openssl", "libssl3"}
    assert own.packages == {StoredPackage("vllm", "0.9", "python-pkg")}
    assert by_layer(reversed(packages))[1].id == below.id != own.id
    assert by_layer([])[0].packages == frozenset()


def test_the_names_of_a_vulnerability_are_known() -> None:
    called = ONE._replace(aliases=("GHSA-b", "GHSA-a"))
    (known,) = Scanned((called, ONE)).known([Scanned((called,)).located(about(called))])
    assert known.aliases == ("GHSA-a", "GHSA-b")


def test_trivys_list_is_read_with_epochs_and_releases() -> None:
    one = {"Name": "a", "Version": "1.2", "Release": "3", "Epoch": 1, "Layer": {"DiffID": "d"}}
    results = JsonView([{"Type": "debian", "Packages": [one]}, {"Type": "jar"}, {}])
    assert list(listed_packages(results)) == [ListedPackage("a", "1:1.2-3", "debian", "d")]
