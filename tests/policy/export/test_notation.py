"""What notation is told asks for what the policy asks for."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from imagelint.core.environment import AttestationDemand, Environment, Signer, TrustRule
from imagelint.core.errors import UsageError
from imagelint.policy.export.notation import NotationTrust, notation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.conftest import Program

RELEASE = "CN=release,O=Example,ST=WA,C=US"
LLM, APP = "registry.example.com/llm", "docker.io/library/app"


def vendor(name: str, *images: str, identity: str = "", file: str = "") -> Signer:
    return Signer(name, key=file or f"{name}.crt", identity=identity, images=images)


def read_key(path: str) -> str:
    return f"-----BEGIN {'CERTIFICATE' if path.endswith('.crt') else 'PUBLIC KEY'}-----\n"


def trust(signers: Iterable[Signer], rules: Iterable[TrustRule] = ()) -> NotationTrust:
    return notation(Environment(signers=tuple(signers), trust=tuple(rules)), read_key)


def statements(*signers: Signer) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", trust(signers).policy["trustPolicies"])


def allowed(told: list[dict[str, Any]], image: str) -> set[tuple[str, str]]:
    """Whose signature lets an image in, as notation reads it: store and subject."""
    named = [one for one in told if image in one["registryScopes"]]
    (found,) = named or [one for one in told if one["registryScopes"] == ["*"]]
    return {
        (store, subject) for store in found["trustStores"] for subject in found["trustedIdentities"]
    }


def test_each_repository_has_one_statement_of_all_who_may_sign_it() -> None:
    told = statements(vendor("a"), vendor("b", LLM), vendor("c", LLM, APP), vendor("d", APP))
    scopes = [scope for one in told for scope in one["registryScopes"]]
    assert sorted(scopes) == sorted(("*", LLM, APP))
    everybody = {name: (f"ca:signer-{at}", "*") for at, name in enumerate("abcd", 1)}
    assert allowed(told, LLM) == {everybody[one] for one in "abc"}
    assert allowed(told, APP) == {everybody[one] for one in "acd"}
    assert allowed(told, "quay.io/x") == {everybody["a"]}
    assert {one["signatureVerification"]["level"] for one in told} == {"strict"}
    assert len({one["name"] for one in told}) == len(told)


def test_who_must_have_signed_is_told() -> None:
    signers = [vendor("a", LLM, identity=RELEASE), vendor("b", LLM, identity="CN=x", file="a.crt")]
    told = statements(*signers)
    assert allowed(told, LLM) == {
        ("ca:signer-1", f"x509.subject: {RELEASE}"),
        ("ca:signer-1", "x509.subject: CN=x"),
    }
    told = statements(*signers, vendor("c", LLM, file="a.crt"))
    assert allowed(told, LLM) == {("ca:signer-1", "*")}


def test_the_certificates_are_named_and_other_signers_told() -> None:
    made = trust([vendor("a"), vendor("b", file="b.pub"), Signer("ci", identity="x", issuer="y")])
    assert made.certificates == (("signer-1", "a.crt"),)
    assert made.untold == ("who signs without a certificate (b, ci)",)


def test_a_statement_that_must_be_there_is_told_to_be_left_out() -> None:
    rule = TrustRule((LLM,), ("a",), attestations=(AttestationDemand("sbom"),))
    made = trust([vendor("a", LLM)], [rule, TrustRule((LLM,), attestations=rule.attestations)])
    assert made.untold == ("the statement sbom, and what it must say",)


def test_certificates_are_named_from_where_one_stands(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "vendor's.crt").write_text(read_key("a.crt"), encoding="utf-8")
    policy = f'environment: {{signers: [{{name: a, key: "vendor\'s.crt", images: [{LLM}]}}]}}\n'
    (tmp_path / ".imagelint.yaml").write_text(policy, encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    told = program("policy", "export", "notation").err
    (words,) = [shlex.split(line)[1:] for line in told.splitlines() if "cert add" in line]
    assert words[:-1] == ["notation", "cert", "add", "--type", "ca", "--store", "signer-1"]
    assert Path(words[-1]).samefile(tmp_path / "vendor's.crt")


@pytest.mark.parametrize(
    ("signers", "said"),
    [
        ((), "no signer"),
        ((vendor("a", file="a.pub"),), "no signer"),
        ((vendor("a", "registry.example.com/*"),), "no wildcard"),
        ((vendor("a", "llm"),), "no wildcard"),
        ((vendor("a", identity=RELEASE), vendor("b")), "an identity would hold"),
    ],
)
def test_what_notation_cannot_be_told_is_refused(signers: tuple[Signer, ...], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        trust(signers)


def test_what_is_asked_beyond_a_signature_of_anybody_narrows_who_may_sign() -> None:
    signers = [vendor("a", LLM, APP), vendor("b", LLM), vendor("c")]
    told = trust(signers, [TrustRule((LLM,), ("a", "b"), 1)]).policy["trustPolicies"]
    stores = {store for store, _ in allowed(cast("list[dict[str, Any]]", told), LLM)}
    assert stores == {"ca:signer-1", "ca:signer-2"}
    with pytest.raises(UsageError, match="nobody with a certificate may sign"):
        trust([vendor("a", LLM)], [TrustRule(("quay.io/x",), ("b",))])
    with pytest.raises(UsageError, match="no wildcard"):
        trust(signers, [TrustRule(("registry.example.com/*",), ("a",))])


@pytest.mark.parametrize(("least", "refused"), [(0, True), (2, True), (1, False)])
def test_more_than_one_signature_is_not_asked_for(least: int, *, refused: bool) -> None:
    rule = TrustRule((LLM,), signed_by=("a", "b"), at_least=least)
    signers = [vendor("a", LLM), vendor("b", LLM)]
    if refused:
        with pytest.raises(UsageError, match="content with one signature"):
            trust(signers, [rule])
    else:
        assert trust(signers, [rule]).policy["version"] == "1.0"
