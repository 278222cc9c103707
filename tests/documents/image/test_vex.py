"""What somebody says does not affect an image."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from imagelint.core.finding import Severity
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.image.image import NOWHERE
from imagelint.documents.image.vex import parse_vex
from imagelint.documents.image.vulnerabilities import Status, Vulnerability
from tests.documents.image.test_jsonview import VALUES

ID, PURL = "CVE-2099-0002", "pkg:pypi/vllm@0.8.5"
IMAGE = "sha256:" + "0a" * 32
ONE = Vulnerability(
    *(NOWHERE, ID, "vllm", "0.8.5", "", Severity.HIGH, True, Status.AFFECTED, None, PURL),
    *("", "", "", "", "x"),
)


def openvex(*products: Any, status: str = "not_affected", **more: Any) -> dict[str, Any]:
    said = {"justification": "vulnerable_code_not_present"} if status == "not_affected" else {}
    one = {"vulnerability": {"name": ID}, "products": products, "status": status, **said, **more}
    return {"@context": "https://openvex.dev/ns/v0.2.0", "author": "Ada", "statements": [one]}


def cyclonedx(ref: str, state: str = "not_affected") -> dict[str, Any]:
    analysis = {"state": state, "justification": "code_not_present"}
    one = {"id": ID, "analysis": analysis, "affects": [{"ref": ref}]}
    return {
        "bomFormat": "CycloneDX",
        "metadata": {"authors": [{"name": "Ada"}]},
        "components": [{"bom-ref": "a", "purl": PURL}],
        "vulnerabilities": [one],
    }


def csaf(product: str, status: str = "known_not_affected") -> dict[str, Any]:
    helper = {"purl": PURL}
    leaf = {"product": {"product_id": "p1", "product_identification_helper": helper}}
    return {
        "document": {"csaf_version": "2.0", "publisher": {"name": "Ada"}},
        "product_tree": {"branches": [{"branches": [leaf]}]},
        "vulnerabilities": [
            {
                "cve": ID,
                "product_status": {status: [product]},
                "flags": [{"label": "vulnerable_code_not_present", "product_ids": [product]}],
            }
        ],
    }


def covers(document: dict[str, Any]) -> list[str]:
    said = parse_vex(Source("vex.json", json.dumps(document)))
    return [one.reason for one in said if one.covers(ONE, (IMAGE,))]


@pytest.mark.parametrize(
    "document",
    [
        openvex({"@id": PURL}),
        openvex({"@id": "pkg:pypi/vllm"}),
        openvex({"identifiers": {"purl": PURL}}),
        openvex({"@id": f"pkg:oci/server@{IMAGE.replace(':', '%3A')}?repository_url=a"}),
        openvex({"@id": f"pkg:oci/server@{IMAGE}", "subcomponents": [{"@id": PURL}]}),
        openvex({"@id": PURL}, status="fixed"),
        openvex({"@id": PURL}, vulnerability={"name": "GHSA-1", "aliases": [ID]}),
        cyclonedx("a"),
        cyclonedx("urn:cdx:1/1#pkg:pypi/vllm@0.8.5"),
        cyclonedx("a", "resolved"),
        csaf("p1"),
        csaf("p1", "fixed"),
    ],
)
def test_a_statement_about_the_package_counts(document: dict[str, Any]) -> None:
    (reason,) = covers(document)
    assert "Ada in vex.json" in reason


@pytest.mark.parametrize(
    "document",
    [
        openvex({"@id": "pkg:pypi/vllm@0.8.4"}),
        openvex({"@id": "pkg:pypi/torch@0.8.5"}),
        openvex({"@id": "pkg:pypi/vllm?distro=x"}),
        openvex({"@id": "pkg:oci/server"}),
        openvex({"@id": "pkg:oci/server@sha256:" + "0b" * 32}),
        openvex({"@id": f"pkg:oci/server@{IMAGE}", "subcomponents": [{"@id": "pkg:pypi/torch"}]}),
        openvex({"@id": "https://example.test/vllm"}),
        openvex(),
        openvex({"@id": PURL}, status="affected"),
        openvex({"@id": PURL}, status="under_investigation"),
        openvex({"@id": PURL}, justification=""),
        openvex({"@id": PURL}, vulnerability={"name": "CVE-2099-0003"}),
        cyclonedx("b"),
        cyclonedx("a", "exploitable"),
        cyclonedx("a", "in_triage"),
        csaf("p2"),
        csaf("p1", "known_affected"),
    ],
)
def test_a_statement_about_something_else_does_not_count(document: dict[str, Any]) -> None:
    assert covers(document) == []


def test_the_reason_says_who_and_why() -> None:
    (reason,) = covers(openvex({"@id": PURL}))
    assert reason == "not affected, says Ada in vex.json: vulnerable_code_not_present"


@pytest.mark.parametrize("text", ["{", "[]", '{"bomFormat": "SPDX"}', '{"document": {}}'])
def test_what_is_no_such_document_is_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        parse_vex(Source("vex.json", text))


@given(VALUES)
def test_any_document_is_read_or_refused(value: object) -> None:
    text = json.dumps({"@context": "https://openvex.dev/ns", "statements": [value]})
    for one in parse_vex(Source("vex.json", text)):
        one.covers(ONE, ())


def test_a_tree_of_products_that_never_ends_is_left() -> None:
    tree: dict[str, Any] = {}
    for _ in range(100):
        tree = {"branches": [tree]}
    assert covers({**csaf("p1"), "product_tree": tree}) == []


def test_what_is_said_without_a_reason_does_not_count_in_any_format() -> None:
    for state in ("not_affected", "false_positive"):
        document = cyclonedx("a", state)
        assert covers(document)
        del document["vulnerabilities"][0]["analysis"]["justification"]
        assert not covers(document)
    document = csaf("p1")
    assert covers(document)
    del document["vulnerabilities"][0]["flags"]
    assert not covers(document)
    mended = csaf("p1", "fixed")
    del mended["vulnerabilities"][0]["flags"]
    assert covers(mended)
