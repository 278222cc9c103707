"""The gate's own verdict: written down, signed by the real cosign, and demanded by a policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.tools.cosign_attest import AttestRequest, attest
from imagelint.core.report import Problem, ProblemKind
from imagelint.testing.images import Image, alpine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gate.conftest import Yard

CLEAN = Image((alpine(("openssl", "3.1.9-r0")),))


def gate(yard: Yard, reference: str, *words: str) -> int:
    key = ("--key", str(yard.lab.keys / "build.pub"), "--no-transparency-log")
    scan = ("--offline", "--trivy-cache", str(yard.lab.cache), "--policy", "baseline")
    return yard.ours("gate", reference, *key, *scan, "--no-cross-check", *words).code


@pytest.fixture
def signing(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    monkeypatch.setenv("COSIGN_PASSWORD", "")
    keys = yard.lab.keys
    config = str(keys / "signing-config.json")
    return ("--sign", "--sign-key", str(keys / "build.key"), "--signing-config", config)


def test_a_verdict_is_signed_and_a_policy_can_demand_it(
    yard: Yard, here: Path, signing: tuple[str, ...]
) -> None:
    reference = yard.signed("signed-off", CLEAN)
    policy = here / ".imagelint.yaml"
    key = yard.lab.keys / "build.pub"
    policy.write_text(
        "extends: [baseline]\nenvironment:\n"
        f"  signers: [{{name: build, key: {key}, transparency-log: false}}]\n"
        "  trust:\n    - attestations:\n"
        '        - {type: verdict, verifier: "pkg:pypi/imagelint@*", max-age-days: 1}\n',
        encoding="utf-8",
    )
    before = yard.ours("verify", reference, "--no-cross-check")
    assert before.code == 1, before.text
    assert "there is none that verifies" in before.text
    assert gate(yard, reference, "--attest", "verdict.json", *signing) == 0
    after = yard.ours("verify", reference, "--no-cross-check")
    assert after.code == 0, after.text
    written = json.loads((here / "verdict.json").read_text())
    assert written["subject"][0]["digest"]["sha256"] == reference.rpartition(":")[2]
    names = {one["name"] for one in written["predicate"]["imagelint"]["evidence"]}
    assert {"trivy", "trivy program", "vulnerability database", "policy", "imagelint"} <= names


SUMMARY = """\
verification-summary:
  levels: [EXAMPLE_SERVING_2]
  verifier: https://ci.example.com/gate
"""


def test_what_a_pass_is_worth_is_written_beside_and_signed_as_well(
    yard: Yard, here: Path, signing: tuple[str, ...]
) -> None:
    reference = yard.signed("summarised", CLEAN)
    (here / "policy.yaml").write_text(f"extends: [baseline]\n{SUMMARY}")
    named = ("--policy", "policy.yaml", "--attest", "verdict.json")
    assert gate(yard, reference, *named, *signing) == 0
    written = json.loads((here / "verdict.vsa.json").read_text())
    assert written["predicateType"] == "https://slsa.dev/verification_summary/v1"
    predicate = written["predicate"]
    digest = reference.rpartition("@")[2]
    place = f"?repository_url={yard.lab.host}/team/summarised"
    assert predicate["resourceUri"] == f"pkg:oci/summarised@{digest}{place}"
    told = (predicate["verificationResult"], predicate["verifiedLevels"])
    assert told == ("PASSED", ["EXAMPLE_SERVING_2"])
    assert predicate["verifier"] == {"id": "https://ci.example.com/gate"}
    assert len(predicate["policy"]["digest"]["sha256"]) == 64
    key = yard.lab.keys / "build.pub"
    (here / "policy.yaml").write_text(
        "extends: [baseline]\nenvironment:\n"
        f"  signers: [{{name: build, key: {key}, transparency-log: false}}]\n"
        "  trust:\n    - attestations:\n"
        '        - {type: "https://slsa.dev/verification_summary/v1",'
        ' verifier: "https://ci.example.com/gate", max-age-days: 1}\n'
    )
    ended = yard.ours("verify", reference, "--no-cross-check", "--policy", "policy.yaml")
    assert ended.code == 0, ended.text


def test_what_failed_has_no_level(yard: Yard, here: Path) -> None:
    reference = yard.signed("not-signed-off", yard.lab.vulnerable())
    (here / "policy.yaml").write_text(f"extends: [strict]\n{SUMMARY}")
    assert gate(yard, reference, "--policy", "policy.yaml", "--attest", "verdict") == 1
    predicate = json.loads((here / "verdict.vsa.json").read_text())["predicate"]
    assert (predicate["verificationResult"], predicate["verifiedLevels"]) == ("FAILED", [])


def test_a_level_of_slsa_needs_to_know_the_builder(yard: Yard, here: Path) -> None:
    said = SUMMARY.replace("EXAMPLE_SERVING_2", "SLSA_BUILD_LEVEL_3")
    (here / "policy.yaml").write_text(f"extends: [baseline]\n{said}")
    ended = yard.ours("policy", "check", "policy.yaml")
    assert (ended.code, "no provenance is asked for" in ended.text) == (2, True)
    trust = "environment: {trust: [{attestations: [{type: slsa-provenance, builder: a}]}]}\n"
    (here / "policy.yaml").write_text(f"extends: [baseline]\n{said}{trust}")
    assert yard.ours("policy", "check", "policy.yaml").code == 0
    shown = yard.ours("policy", "show", "--policy", "policy.yaml").text
    assert 'levels: ["SLSA_BUILD_LEVEL_3"]' in shown


def test_a_verdict_that_fails_is_written_and_not_signed(yard: Yard, here: Path) -> None:
    reference = yard.signed("not-signed-off", yard.lab.vulnerable())
    assert gate(yard, reference, "--attest", "verdict.json", "--sign", "--sign-key", "none") == 1
    predicate = json.loads((here / "verdict.json").read_text())["predicate"]
    assert (predicate["properties"], predicate["imagelint"]["outcome"]) == ([], "fail")


def test_a_key_that_is_not_there_is_an_error(yard: Yard) -> None:
    reference = yard.signed("signed-off", CLEAN)
    assert gate(yard, reference, "--sign", "--sign-key", "none.key") == 2


def test_an_image_that_cannot_be_had_has_no_statement(yard: Yard) -> None:
    assert gate(yard, f"{yard.lab.host}/team/none:v1", "--attest", "verdict.json") == 2


@pytest.mark.parametrize("name", ["oci:folder:v1", "docker-archive:x.tar", "A b"])
def test_nothing_is_attached_but_in_a_registry(name: str) -> None:
    found = attest(AttestRequest(name, "sha256:0a", "{}"))
    assert isinstance(found, Problem)
    assert found.kind is ProblemKind.NOT_FOUND
