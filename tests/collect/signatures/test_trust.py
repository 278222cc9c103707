"""How many roles have signed, and which statements there are, of real signatures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.signatures.quorums import quorum
from imagelint.collect.signatures.verify import verify
from imagelint.collect.tools.cosign import VerifyRequest
from imagelint.core.environment import AttestationDemand, Signer, TrustRule
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.signatures import SignatureReport, parse_signatures

if TYPE_CHECKING:
    from tests.collect.conftest import Lab

BUILD = Signer("build", key="build.pub", transparency_log=False)
OTHER = Signer("other", key="other.pub", transparency_log=False)
HOSTED = "https://ci.test/hosted"
PROVENANCE = {"runDetails": {"builder": {"id": HOSTED}}}


def report(lab: Lab, reference: str, rule: TrustRule, *witnesses: Signer) -> SignatureReport:
    repository, _, digest = reference.partition("@")
    image = ImageIdentity(reference, digest, repository)
    request = VerifyRequest(image, (BUILD,), folder=str(lab.keys), cross_check=False)
    found = verify(request._replace(trust=(rule,), witnesses=witnesses))
    assert found.problems == ()
    assert found.source is not None
    return parse_signatures(found.source)


def image(lab: Lab) -> str:
    """Signed by one, attested by the other."""
    reference = lab.push("trusted")
    mark = lab.folder / "trusted"
    if not mark.exists():
        lab.signing.sign(reference, "build")
        lab.signing.attest(reference, "other", "slsaprovenance1", json.dumps(PROVENANCE))
        mark.touch()
    return reference


def test_a_statement_is_no_signature_of_a_role(lab: Lab) -> None:
    rule = TrustRule(signed_by=("build", "other"))
    (found,) = report(lab, image(lab), rule, OTHER).demands.quorums
    assert (found.needed, found.signed) == (2, ("build",))
    assert len(report(lab, image(lab), rule, OTHER).checks) == 1


def test_several_keys_of_one_role_are_one(lab: Lab) -> None:
    rule = TrustRule(signed_by=("build", "other"), at_least=2)
    again = BUILD._replace(transparency_log=False, images=("x",))
    (found,) = report(lab, image(lab), rule, again).demands.quorums
    assert (found.needed, found.signed) == (2, ("build",))


def test_one_key_of_several_roles_is_one(lab: Lab) -> None:
    rule = TrustRule(signed_by=("build", "copy"), at_least=2)
    (lab.keys / "copy.pub").write_text((lab.keys / "build.pub").read_text() + "\n")
    for key in ("build.pub", "copy.pub"):
        copy = BUILD._replace(name="copy", key=key)
        (found,) = report(lab, image(lab), rule, copy).demands.quorums
        assert (found.needed, found.signed) == (2, ("build",))


@pytest.mark.parametrize(
    ("voices", "signed"),
    [
        ({"a": {"1"}, "b": {"2"}}, ("a", "b")),
        ({"a": {"1", "2"}, "b": {"1"}}, ("a", "b")),
        ({"a": {"1"}, "b": {"1"}, "c": {"1", "2"}}, ("a", "c")),
        ({"a": {"1", "2"}, "b": {"1", "3"}, "c": {"1"}}, ("a", "b", "c")),
        ({"c": {"1"}}, ("c",)),
        ({}, ()),
    ],
)
def test_each_role_needs_a_voice_of_its_own(
    voices: dict[str, set[str]], signed: tuple[str, ...]
) -> None:
    rule = TrustRule(signed_by=("a", "b", "c"))
    assert quorum(rule, voices).signed == signed


def test_statements_count_by_signer_and_by_what_they_say(lab: Lab) -> None:
    demand = AttestationDemand("slsa-provenance", ("other",), HOSTED)
    wrong = (
        demand._replace(builder="https://laptop.test"),
        demand._replace(signed_by=("build",)),
        AttestationDemand("sbom"),
    )
    rule = TrustRule(attestations=(demand, *wrong))
    checks = report(lab, image(lab), rule, OTHER).demands.attestations
    assert [check.met for check in checks] == [True, False, False, False]
    assert [check.reason for check in checks[1:]] == [
        f"that of `other`: its builder is {HOSTED}, not https://laptop.test",
        "that of `other`: it is to be signed by build",
        "there is none that verifies",
    ]


def test_a_statement_by_a_stranger_is_none(lab: Lab) -> None:
    rule = TrustRule(attestations=(AttestationDemand("slsa-provenance"),))
    (check,) = report(lab, image(lab), rule).demands.attestations
    assert check.reason == "there is none that verifies"
