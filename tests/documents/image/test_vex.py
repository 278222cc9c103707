"""What somebody says does not affect an image."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given

from imagelint.core.finding import Severity
from imagelint.core.source import Source
from imagelint.documents.base import DocumentError
from imagelint.documents.image import vex
from imagelint.documents.image.image import NOWHERE
from imagelint.documents.image.jsonview import JsonView
from imagelint.documents.image.vex import VexStatement, parse_vex, word_about
from imagelint.documents.image.vulnerabilities import Status, Vulnerability
from tests.documents.image.test_jsonview import VALUES

ID, PURL = "CVE-2099-0002", "pkg:pypi/vllm@0.8.5"
IMAGE = "sha256:" + "0a" * 32
ONE = Vulnerability(
    *(NOWHERE, ID, "vllm", "0.8.5", "", Severity.HIGH, True, Status.AFFECTED, None, PURL),
    *("", "", "", "", "x"),
)


def openvex(*products: Any, status: Any = "not_affected", **more: Any) -> dict[str, Any]:
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
    return words(parse_vex(Source("vex.json", json.dumps(document))))


def words(said: tuple[VexStatement, ...]) -> list[str]:
    word = word_about(ONE, said, (IMAGE,))
    return [] if word is None else [word.reason]


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
@example({"\u00cf": None, "\u00ef": None})
def test_any_document_is_read_or_refused(value: object) -> None:
    text = json.dumps({"@context": "https://openvex.dev/ns", "statements": [value]})
    try:
        found, refusal = parse_vex(Source("vex.json", text)), ""
    except DocumentError as error:
        found, refusal = (), error.message
    assert not refusal or refusal.endswith(" twice")
    for one in found:
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


@pytest.mark.parametrize("word", ["trust_me", "Component_Not_Present", "code_not_reachable "])
def test_a_reason_that_the_format_does_not_know_is_none(word: str) -> None:
    assert not covers(openvex({"@id": PURL}, justification=word))
    assert covers(openvex({"@id": PURL}, justification=word, impact_statement="never loaded"))
    document = cyclonedx("a")
    analysis = document["vulnerabilities"][0]["analysis"]
    analysis["justification"] = word
    assert not covers(document)
    analysis["detail"] = "never loaded"
    assert covers(document)
    document = csaf("p1")
    (known,) = document["vulnerabilities"]
    known["flags"][0]["label"] = word
    assert not covers(document)
    known["threats"] = [{"category": "exploit_status", "details": "nobody tries"}]
    assert not covers(document)
    known["threats"] = [{"category": "impact", "details": "never loaded"}]
    assert covers(document)


def test_a_reason_of_csaf_holds_for_the_products_that_it_is_given_for() -> None:
    document = csaf("p1")
    (known,) = document["vulnerabilities"]
    (flag,) = known["flags"]
    wrong: tuple[Any, ...] = (["p2"], [], [5], "p1", {})
    for others in wrong:
        flag["product_ids"] = others
        assert not covers(document)
    flag["group_ids"] = ["g1", "unknown"]
    assert not covers(document)
    document["product_tree"]["product_groups"] = [{"group_id": "g1", "product_ids": ["p1"]}]
    assert covers(document)
    del flag["product_ids"], flag["group_ids"]
    assert covers(document)
    known["threats"] = [{"category": "impact", "details": "of another", "product_ids": ["p2"]}]
    assert not any("of another" in said for said in covers(document))
    known["threats"] = [{"category": "impact", "details": "of it", "product_ids": ["p1"]}] * 2
    assert any("vulnerable_code_not_present; of it" in said for said in covers(document))


def test_a_group_of_products_is_read_once_however_many_reasons_it_has() -> None:
    read: list[str] = []

    class Counted(dict[str, tuple[str, ...]]):
        def get(self, key: str, default: Any = None) -> Any:
            read.append(key)
            return super().get(key, default)

    views = [JsonView({"group_ids": ["g"], "product_ids": []})] * 50
    reasons = vex._Reasons([(f"reason {n}", one) for n, one in enumerate(views)], Counted(g=("p",)))
    assert (reasons.of("p"), read) == ("reason 0", ["g"])


@pytest.mark.parametrize(
    "word",
    [
        *("component_not_present", "vulnerable_code_not_in_execute_path"),
        *("vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"),
    ],
)
def test_the_reasons_of_openvex_count(word: str) -> None:
    assert covers(openvex({"@id": PURL}, justification=word))


EARLIER, LATER = "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"


def retracted(first: dict[str, Any], then: dict[str, Any]) -> dict[str, Any]:
    """A document with the statements of both."""
    return {**first, "statements": first["statements"] + then["statements"]}


def test_the_last_word_counts() -> None:
    harmless, product = openvex({"@id": PURL}), {"@id": PURL}
    for status in ("affected", "under_investigation"):
        harmful = openvex(product, status=status)
        assert not covers(retracted(harmless, harmful))
        assert covers(retracted(harmful, harmless))
        assert covers(retracted(harmless, openvex({"@id": "pkg:pypi/torch"}, status=status)))
    late = openvex(product, timestamp=LATER)
    early = openvex(product, status="affected", timestamp=EARLIER)
    assert covers(retracted(late, early))
    early, late = (
        openvex(product, last_updated=EARLIER),
        openvex(product, status="affected", timestamp=LATER),
    )
    assert not covers(retracted(late, early))
    assert not covers({**retracted(late, early), "timestamp": LATER})


def test_the_last_word_of_an_author_counts_in_whichever_document_it_is() -> None:
    def said(author: str, origin: str, when: str, status: str) -> tuple[VexStatement, ...]:
        document = {**openvex({"@id": PURL}, status=status), "author": author, "timestamp": when}
        return parse_vex(Source(origin, json.dumps(document)))

    harmless = said("Ada", "a.json", EARLIER, "not_affected")
    assert not words(harmless + said("Ada", "b.json", LATER, "affected"))
    assert not words(said("Ada", "b.json", EARLIER, "affected") + harmless)
    assert words(harmless + said("Bob", "b.json", LATER, "affected"))


def test_a_word_without_a_time_is_taken_back_by_no_other_document() -> None:
    def said(origin: str, status: str, **more: str) -> tuple[VexStatement, ...]:
        document = {**openvex({"@id": PURL}, status=status), "author": "Ada", **more}
        return parse_vex(Source(origin, json.dumps(document)))

    harmful = said("a.json", "affected")
    assert not words(harmful + said("b.json", "not_affected", timestamp=LATER))
    assert not words(harmful + said("b.json", "not_affected"))
    assert not words(said("a.json", "not_affected") + said("b.json", "affected", timestamp=EARLIER))


def test_of_two_words_at_one_time_the_worse_counts() -> None:
    document = cyclonedx("a")
    document["vulnerabilities"] += cyclonedx("a", "exploitable")["vulnerabilities"]
    assert not covers(document)
    document["vulnerabilities"].reverse()
    assert not covers(document)
    document["vulnerabilities"][1]["analysis"]["lastUpdated"] = LATER
    assert covers(document)
    advisory = csaf("p1")
    advisory["vulnerabilities"][0]["product_status"]["known_affected"] = ["p1"]
    assert not covers(advisory)


@pytest.mark.parametrize("status", ["not_affected\u200b", "not_affected\n", "NOT_AFFECTED"])
def test_what_only_looks_like_a_word_is_none(status: str) -> None:
    assert not covers(openvex({"@id": PURL}, status=status, justification="x"))


def test_what_is_said_twice_in_one_breath_is_refused() -> None:
    text = json.dumps(openvex({"@id": PURL}))
    for twice in ('"status": "affected", "status":', '"Status": "affected", "status":'):
        with pytest.raises(DocumentError, match="twice"):
            parse_vex(Source("vex.json", text.replace('"status":', twice)))


def test_a_vulnerability_is_meant_by_any_of_its_names() -> None:
    said = parse_vex(Source("vex.json", json.dumps(openvex({"@id": PURL}))))
    assert word_about(ONE._replace(id="GHSA-x", aliases=(ID,)), said, ()) is not None


HARMFUL_WORDS: list[object] = [
    "Affected",
    "affected ",
    "known_affected",
    "vulnerable",
    "unknown",
    "",
    None,
    [],
]


@pytest.mark.parametrize("word", HARMFUL_WORDS)
def test_a_word_that_the_format_does_not_know_takes_back_what_was_called_harmless(
    word: object,
) -> None:
    harmful = openvex({"@id": PURL}, status=word, timestamp=LATER)
    harmless = openvex({"@id": PURL}, timestamp=EARLIER)
    assert not covers(retracted(harmless, harmful))
    assert not covers(openvex({"@id": PURL}, status=word))
    first, second = cyclonedx("a"), cyclonedx("a", "exploitable" if not word else str(word))
    second["vulnerabilities"][0]["analysis"]["lastUpdated"] = LATER
    first["vulnerabilities"] += second["vulnerabilities"]
    assert not covers(first)


def test_a_vulnerability_without_an_analysis_says_nothing() -> None:
    document = cyclonedx("a")
    document["vulnerabilities"].append({"id": ID, "affects": [{"ref": "a"}]})
    assert covers(document)


@pytest.mark.parametrize(
    "spelt",
    [
        *("pkg:PyPI/vllm@0.8.5", "PKG:pypi/vllm@0.8.5", "pkg:pypi/vLLM@0.8.5"),
        *("pkg://pypi/vllm@0.8.5", "pkg:pypi/%76llm@0%2E8.5", "pkg:pypi/vllm@0.8.5#within"),
    ],
)
def test_a_package_url_is_one_however_it_is_spelt(spelt: str) -> None:
    assert covers(openvex({"@id": spelt}))
    harmful = openvex({"@id": spelt}, status="affected", timestamp=LATER)
    assert not covers(retracted(openvex({"@id": PURL}, timestamp=EARLIER), harmful))


def test_names_of_which_the_case_tells_stay_apart() -> None:
    one = ONE._replace(purl="pkg:maven/org.example/Core@1.0")
    for name, same in (("Core", True), ("core", False)):
        purl = f"pkg:maven/org.example/{name}@1.0"
        said = parse_vex(Source("vex.json", json.dumps(openvex({"@id": purl}))))
        assert (word_about(one, said, ()) is not None) is same


@pytest.mark.parametrize(
    "when", [5, {}, "yesterday", "2026-13-01T00:00:00Z", "2026-02-01", f"{LATER}\u200b"]
)
def test_a_time_that_cannot_be_read_may_be_the_last(when: object) -> None:
    harmless = openvex({"@id": PURL}, timestamp=EARLIER)
    harmful = openvex({"@id": PURL}, status="affected", timestamp=when)
    document = {**retracted(harmless, harmful), "timestamp": "2025-01-01T00:00:00Z"}
    assert not covers(document)
    harmful["statements"][0] |= {"timestamp": "2025-02-01T00:00:00Z", "last_updated": when}
    assert not covers({**retracted(harmless, harmful), "timestamp": "2025-01-01T00:00:00Z"})
    harmful["statements"][0]["last_updated"] = None
    assert covers({**retracted(harmless, harmful), "timestamp": "2025-01-01T00:00:00Z"})


OTHER = "pkg:pypi/torch@2.0"


@pytest.mark.parametrize("parts", [{"@id": OTHER}, OTHER, 5])
def test_a_list_of_packages_that_is_none_calls_nothing_harmless(parts: object) -> None:
    image = f"pkg:oci/server@{IMAGE}"
    assert not covers(openvex({"@id": image, "subcomponents": parts}))
    whole, some = openvex({"@id": image}, timestamp=EARLIER), {"@id": image, "subcomponents": parts}
    assert covers(whole)
    harmful = openvex(some, status="affected", timestamp=LATER)
    assert not covers(retracted(whole, harmful))


def test_packages_are_named_beside_the_products_as_well_and_in_whatever_case() -> None:
    image = {"@id": f"pkg:oci/server@{IMAGE}"}
    for parts, counts in (([{"@id": OTHER}], False), ([{"@id": PURL}], True), (None, True)):
        assert bool(covers(openvex(image, subcomponents=parts))) is counts
        assert bool(covers(openvex({**image, "Subcomponents": parts}))) is counts


@pytest.mark.parametrize("name", [ID.lower(), f"https://lists.example.com/detail/{ID}"])
def test_an_id_is_one_however_it_is_spelt(name: str) -> None:
    harmless = openvex({"@id": PURL}, timestamp=EARLIER)
    harmful = openvex({"@id": PURL}, status="affected", timestamp=LATER)
    harmful["statements"][0]["vulnerability"] = {"@id": name}
    assert not covers(retracted(harmless, harmful))


@pytest.mark.parametrize(
    ("versions", "counts", "takes_back"),
    [
        ([{"version": "0.9.0", "status": "affected"}], False, True),
        ([{"version": "0.9.0"}, {"version": "0.8.5"}], True, True),
        ([{"range": "vers:pypi/>=0.9.0"}], False, True),
        ([], False, True),
        ({"version": "0.8.5"}, False, True),
        (None, True, True),
    ],
)
@pytest.mark.parametrize("ref", ["pkg:pypi/vllm", PURL])
def test_versions_of_cyclonedx_bound_what_is_harmless(
    versions: object,
    ref: str,
    *,
    counts: bool,
    takes_back: bool,
) -> None:
    document = cyclonedx(ref)
    affected = [{"ref": ref, "versions": versions}]
    document["vulnerabilities"][0]["affects"] = affected
    assert bool(covers(document)) is counts
    harmful = cyclonedx(ref, "exploitable")["vulnerabilities"][0] | {"affects": affected}
    document["vulnerabilities"] = [*cyclonedx(PURL)["vulnerabilities"], harmful]
    assert bool(covers(document)) is not takes_back


def test_components_within_components_are_known() -> None:
    inner = {"bom-ref": "inner", "purl": PURL}
    document = {**cyclonedx("inner"), "components": [{"bom-ref": "b", "components": [inner]}]}
    assert covers(document)


def test_a_name_for_two_packages_is_refused() -> None:
    two = [{"bom-ref": "a", "purl": OTHER}, {"bom-ref": "a", "purl": PURL}]
    advisory = csaf("p1")
    again = {"product_id": "p1", "product_identification_helper": {"purl": OTHER}}
    advisory["product_tree"]["full_product_names"] = [again]
    for document in ({**cyclonedx("a"), "components": two}, advisory):
        with pytest.raises(DocumentError, match="calls two packages"):
            parse_vex(Source("vex.json", json.dumps(document)))
