"""How many roles have signed, and which statements there are, of real signatures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.signatures.quorums import quorum
from imagelint.collect.signatures.verify import verify
from imagelint.collect.signatures.voices import Heard, voices
from imagelint.collect.tools.cosign import VerifyRequest
from imagelint.core.environment import AttestationDemand, Signer, TrustRule
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.signatures import SignatureReport, parse_signatures
from imagelint.testing.authority import Authority
from tools.lab.signing import attach

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


def test_a_key_that_only_cosign_reads_is_one_wherever_it_lies(lab: Lab) -> None:
    key = (lab.keys / "build.pub").read_text()
    several = [Heard(Signer(name, key=f"{name}.pub"), f"{key}{name}") for name in ("a", "b")]
    (first,), (second,) = voices(several).values()
    assert first == second
    assert voices([Heard(Signer("a", key="awskms:///x"))]) == {"a": {"awskms:///x"}}


@pytest.mark.parametrize("transparency_log", [True, False])  # whose identity cosign alone sees
def test_one_identity_that_two_patterns_fit_is_one(lab: Lab, *, transparency_log: bool) -> None:
    issuer, name = "https://issuer.test", "https://ci.test/org/app/build.yml"
    authority = Authority(lab.folder / "of-patterns")
    reference = lab.push("of-patterns")
    attach(reference, authority.bundle(reference, name, issuer), authority.folder)
    root = str(authority.trusted_root())
    signers = tuple(
        Signer(role, "", identity, issuer, pattern=True, transparency_log=transparency_log)
        for role, identity in (("a", r"https://ci\.test/org/.*"), ("b", r".*/build\.yml"))
    )
    repository, _, digest = reference.partition("@")
    image = ImageIdentity(reference, digest, repository)
    request = VerifyRequest(image, signers, root, cross_check=False)
    found = verify(request._replace(trust=(TrustRule(signed_by=("a", "b")),)))
    assert found.source is not None
    (one,) = parse_signatures(found.source).demands.quorums
    assert one.signed == ("a",)


APART = [
    ("https://a.test/x", "https://a.test/y", True),
    ("https://a.test/x", "https://a.test/x", False),
    (r"^https://a\.test/x/.*", r"https://a\.test/y/.*$", True),
    (r"https://a\.test/.*/x\.yml", r"https://a\.test/.*/y\.yml", True),
    (r"https://a\.test/.*", "https://a.test/x", False),
    (r"https://a\.test/.*", "https://b.test/x", True),
    (r"https://a\.test/x?", "https://a.test/", False),
    (r"https://a\.test/(x|y)", "https://a.test/y", False),
    (r"https://a\.test/x|.*", "https://b.test/x", False),
    (r"https://[ab]\.test/x{2}", "https://b.test/xx", False),
    (r"(?:https)://a\.test/x", r"(?i)HTTPS://A\.TEST/.*", False),
    (r"https://a\.test/\d", "https://a.test/1", False),
]


@pytest.mark.parametrize(("first", "second", "several"), APART)
def test_identities_that_one_may_have_are_one(first: str, second: str, *, several: bool) -> None:
    both = ("a", first), ("b", second)
    signers = [
        Signer(role, "", text, "https://i.test", pattern=any(mark in text for mark in r"*\("))
        for role, text in both
    ]
    (one,), (two,) = voices(map(Heard, signers)).values()
    assert (one != two) is several
    elsewhere = signers[1]._replace(issuer="https://j.test")
    (one,), (two,) = voices([Heard(signers[0]), Heard(elsewhere)]).values()
    assert one != two


@pytest.mark.parametrize(
    ("subjects", "several"),
    [
        (("C=DE, O=x, CN=a", "C=DE, O=x, CN=b"), True),
        (("C=DE, O=x, CN=a", "C=DE, O=x, CN=a"), False),
        (("C=DE, O=x, CN=a", "C=DE, O=x"), False),
        (("C=DE, O=x, CN=a", "C=DE, O=x, OU=b"), False),
        (("C=DE, O=x, CN=a", ""), False),
    ],
)
def test_a_certificate_that_vouches_for_two_subjects_is_two(
    lab: Lab, subjects: tuple[str, str], *, several: bool
) -> None:
    root = json.loads(Authority(lab.folder / "of-subjects").trusted_root().read_text())
    raw = root["certificateAuthorities"][0]["certChain"]["certificates"][0]["rawBytes"]
    text = f"-----BEGIN CERTIFICATE-----\n{raw}\n-----END CERTIFICATE-----\n"
    both = zip("ab", subjects, strict=True)
    heard = [Heard(Signer(role, role, subject), text) for role, subject in both]
    (first,), (second,) = voices(heard).values()
    assert (first != second) is several


@pytest.mark.parametrize(
    ("heard", "signed"),
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
    heard: dict[str, set[str]], signed: tuple[str, ...]
) -> None:
    rule = TrustRule(signed_by=("a", "b", "c"))
    assert quorum(rule, heard).signed == signed


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
