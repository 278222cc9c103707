"""cosign, the real one and fakes that fail in every way."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.deadline import Deadline
from imagelint.collect.registry.layout import resolve_layout
from imagelint.collect.tools import cosign
from imagelint.collect.tools.cosign import Verification, VerifyRequest, arguments, verify
from imagelint.core.environment import Signer
from imagelint.core.errors import UsageError
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.image import ImageIdentity
from imagelint.documents.image.signatures import (
    LEGACY_SIGNATURE,
    SIGNATURE,
    SignatureCheck,
    SignatureOutcome,
    parse_signatures,
)
from imagelint.testing.authority import Authority
from imagelint.testing.images import Image, Layout
from tools.lab.registry import Registry, free_port
from tools.lab.signing import attach, pull, push, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.collect.conftest import Lab

    Fake = Callable[[str, str], Path]

DIGEST = "sha256:" + "0a" * 32
IMAGE = ImageIdentity(f"a.test/llm@{DIGEST}", DIGEST, "a.test/llm")
BUILD = Signer("build", key="build.pub", transparency_log=False)
OTHER = Signer("other", key="other.pub", transparency_log=False)
VULNERABILITIES = "https://cosign.sigstore.dev/attestation/vuln/v1"


def identity(reference: str) -> ImageIdentity:
    repository, _, digest = reference.partition("@")
    return ImageIdentity(reference, digest, repository)


def layout(folder: Path) -> ImageIdentity:
    found = resolve_layout(f"oci:{folder}")
    assert not isinstance(found, Problem), found
    return found[0].identity


def checks(verification: Verification) -> tuple[SignatureCheck, ...]:
    assert verification.problems == ()
    assert verification.source is not None
    return parse_signatures(verification.source).checks


def check(lab: Lab, image: str | ImageIdentity, signer: Signer = BUILD) -> SignatureCheck:
    named = identity(image) if isinstance(image, str) else image
    (found,) = checks(verify(VerifyRequest(named, (signer,), folder=str(lab.keys))))
    return found


def problem(verification: Verification) -> Problem:
    assert verification.source is None
    (found,) = verification.problems
    return found


def signed(lab: Lab, name: str) -> str:
    reference = lab.push(name)
    lab.signing.sign(reference, "build")
    return reference


# Key-based verification in a registry


def test_a_signature_by_the_signer_is_verified(lab: Lab) -> None:
    found = check(lab, signed(lab, "good"))
    assert found.outcome is SignatureOutcome.VERIFIED
    assert (found.signer, found.predicates, found.notes) == ("build", (SIGNATURE,), ())


def test_a_signature_by_another_key_is_the_wrong_signer(lab: Lab) -> None:
    found = check(lab, signed(lab, "good"), OTHER)
    assert found.outcome is SignatureOutcome.WRONG_SIGNER
    assert "no signature on the image was made by this signer" in found.reason
    assert "accepted signatures do not match threshold" in found.reason


def test_every_signer_has_an_answer(lab: Lab) -> None:
    request = VerifyRequest(identity(signed(lab, "good")), (OTHER, BUILD), folder=str(lab.keys))
    assert [one.outcome for one in checks(verify(request))] == [
        SignatureOutcome.WRONG_SIGNER,
        SignatureOutcome.VERIFIED,
    ]


def test_no_signature_is_unsigned(lab: Lab) -> None:
    found = check(lab, lab.push("unsigned"))
    assert found.outcome is SignatureOutcome.UNSIGNED
    assert found.reason == "the image carries no signature"


def test_a_signed_report_is_no_signature(lab: Lab) -> None:
    reference = lab.push("attested")
    lab.signing.attest(reference, "build", "vuln")
    found = check(lab, reference)
    assert found.outcome is SignatureOutcome.UNSIGNED
    assert found.predicates == (VULNERABILITIES,)
    assert found.reason == f"only other statements by this signer verify: {VULNERABILITIES}"


def test_a_signed_report_beside_a_signature_does_no_harm(lab: Lab) -> None:
    reference = signed(lab, "attested-and-signed")
    lab.signing.attest(reference, "build", "vuln")
    found = check(lab, reference)
    assert found.outcome is SignatureOutcome.VERIFIED
    assert set(found.predicates) == {SIGNATURE, VULNERABILITIES}


def test_the_former_format_is_verified_and_refused(lab: Lab) -> None:
    reference = lab.push("former")
    lab.signing.sign_former(reference, "build")
    found = check(lab, reference)
    assert (found.outcome, found.predicates) == (SignatureOutcome.VERIFIED, (LEGACY_SIGNATURE,))
    assert check(lab, reference, OTHER).outcome is SignatureOutcome.WRONG_SIGNER


def test_a_foreign_bundle_does_not_hide_a_signature_in_the_former_format(lab: Lab) -> None:
    reference = lab.push("mixed")
    lab.signing.sign_former(reference, "build")
    lab.signing.sign(reference, "other")
    found = check(lab, reference)
    assert found.outcome is SignatureOutcome.VERIFIED
    assert found.notes == ("the image carries signatures of two formats",)


def test_a_foreign_report_does_not_hide_a_signature_in_the_former_format(lab: Lab) -> None:
    reference = lab.push("mixed-report")
    lab.signing.sign_former(reference, "build")
    lab.signing.attest(reference, "build", "vuln")
    assert check(lab, reference).outcome is SignatureOutcome.VERIFIED


def test_where_a_signature_in_the_former_format_was_made_is_told(lab: Lab) -> None:
    reference = lab.push("moved")
    lab.signing.sign_former(reference, "build")
    repository, _, digest = reference.partition("@")
    elsewhere = f"{lab.host}/elsewhere/moved"
    for name in ("v1", f"{digest.replace(':', '-')}.sig"):
        source = ["--from-plain-http", f"{repository}:{name}"]
        run(["oras", "cp", *source, "--to-plain-http", f"{elsewhere}:{name}"])
    found = check(lab, f"{elsewhere}@{digest}")
    assert found.outcome is SignatureOutcome.VERIFIED
    assert found.notes == (f"was signed as {repository}",)
    assert found.places == (repository,)
    assert check(lab, reference).places == ()


def test_a_signature_of_an_index_is_none_of_its_images(lab: Lab, tmp_path: Path) -> None:
    made = Layout(tmp_path / "index")
    digest = made.add_index([Image(), Image(architecture="arm64")])
    repository = f"{lab.host}/team/index"
    push(tmp_path / "index", "v1", f"{repository}:v1")
    lab.signing.sign(f"{repository}@{digest}", "build")
    assert check(lab, f"{repository}@{digest}").outcome is SignatureOutcome.VERIFIED
    child = layout(tmp_path / "index").manifest
    assert check(lab, f"{repository}@{child}").outcome is SignatureOutcome.UNSIGNED


def test_a_signature_in_no_log_is_not_trusted(lab: Lab) -> None:
    signer = BUILD._replace(transparency_log=True)
    root = str(lab.signing.empty_trust())
    request = VerifyRequest(identity(signed(lab, "good")), (signer,), root, str(lab.keys))
    (found,) = checks(verify(request))
    assert found.outcome is SignatureOutcome.UNTRUSTED
    assert "no transparency log" in found.reason


# Certificates instead of keys

CI = "https://ci.test/org/app/.github/workflows/build.yml@refs/heads/main"
ISSUER = "https://issuer.test"


@pytest.fixture(scope="module")
def authority(lab: Lab) -> tuple[Authority, str, str]:
    """An authority, its trusted root, and an image that an identity signed."""
    made = Authority(lab.folder / "authority")
    reference = lab.push("keyless")
    attach(reference, made.bundle(reference, CI, ISSUER), made.folder)
    return made, str(made.trusted_root()), reference


@pytest.mark.parametrize(
    ("signer", "outcome"),
    [
        (Signer("ci", identity=CI, issuer=ISSUER), SignatureOutcome.VERIFIED),
        (
            Signer(
                "ci", identity=r"https://ci\.test/org/.*", issuer="https://.*test", pattern=True
            ),
            SignatureOutcome.VERIFIED,
        ),
        (
            Signer("ci", identity=r"https://ci\.test/org/", issuer=ISSUER, pattern=True),
            SignatureOutcome.WRONG_SIGNER,
        ),
        (
            Signer("ci", identity="https://ci.test/.*", issuer="issuer.test", pattern=True),
            SignatureOutcome.WRONG_SIGNER,
        ),
        (
            Signer("ci", identity="evil|https://ci.test", issuer=ISSUER, pattern=True),
            SignatureOutcome.WRONG_SIGNER,
        ),
        (
            Signer("ci", identity=r"^https://ci\.test/org/", issuer=ISSUER),
            SignatureOutcome.WRONG_SIGNER,
        ),
        (Signer("ci", identity="https://evil.test", issuer=ISSUER), SignatureOutcome.WRONG_SIGNER),
        (Signer("ci", identity=CI, issuer="https://evil.test"), SignatureOutcome.WRONG_SIGNER),
    ],
)
def test_a_certificate_must_name_the_signer(
    authority: tuple[Authority, str, str], signer: Signer, outcome: SignatureOutcome
) -> None:
    _, root, reference = authority
    (found,) = checks(verify(VerifyRequest(identity(reference), (signer,), root)))
    assert found.outcome is outcome
    if outcome is SignatureOutcome.WRONG_SIGNER:
        assert "signed under another identity" in found.reason


def test_a_certificate_of_a_strange_authority_is_not_trusted(
    lab: Lab, authority: tuple[Authority, str, str], tmp_path: Path
) -> None:
    strange = str(Authority(tmp_path).trusted_root())
    signer = Signer("ci", identity=CI, issuer=ISSUER)
    (found,) = checks(verify(VerifyRequest(identity(authority[2]), (signer,), strange)))
    assert found.outcome is SignatureOutcome.UNTRUSTED


def test_a_certificate_is_verified_in_a_layout(
    authority: tuple[Authority, str, str], tmp_path: Path
) -> None:
    _, root, reference = authority
    pull(reference, tmp_path / "copied", "v1")
    signer = Signer("ci", identity=CI, issuer=ISSUER)
    (found,) = checks(verify(VerifyRequest(layout(tmp_path / "copied"), (signer,), root)))
    assert found.outcome is SignatureOutcome.VERIFIED


# What nobody can tell


def test_an_unreachable_registry_is_no_answer(lab: Lab) -> None:
    reference = f"127.0.0.1:{free_port()}/team/app@{DIGEST}"
    found = problem(
        verify(VerifyRequest(identity(reference), (BUILD, OTHER), folder=str(lab.keys)))
    )
    assert found.kind is ProblemKind.UNREACHABLE
    assert "the registry cannot be reached" in found.detail
    assert found.origin == reference


def test_an_image_that_is_not_there_is_no_answer(lab: Lab) -> None:
    image = identity(f"{lab.host}/team/nosuch@{DIGEST}")
    found = problem(verify(VerifyRequest(image, (BUILD,), folder=str(lab.keys))))
    assert found.kind is ProblemKind.NOT_FOUND


def test_trust_material_that_cannot_be_had_is_no_answer(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")
    signer = BUILD._replace(transparency_log=True)
    request = VerifyRequest(identity(signed(lab, "good")), (signer,), folder=str(lab.keys))
    found = problem(verify(request))
    assert found.kind is ProblemKind.UNREACHABLE
    assert "trust material" in found.detail
    assert "trusted-root" in found.help


def test_a_key_that_is_not_there_is_no_answer(lab: Lab) -> None:
    signer = Signer("ghost", key="ghost.pub")
    request = VerifyRequest(identity(signed(lab, "good")), (signer,), folder=str(lab.keys))
    found = problem(verify(request))
    assert found.kind is ProblemKind.UNREADABLE
    assert found.detail == f"the key of the signer `ghost` is not there: {lab.keys}/ghost.pub"


def test_a_key_that_is_none_is_no_answer(lab: Lab) -> None:
    (lab.keys / "broken.pub").write_text("not a key")
    signer = Signer("broken", key="broken.pub", transparency_log=False)
    request = VerifyRequest(identity(signed(lab, "good")), (signer,), folder=str(lab.keys))
    assert problem(verify(request)).kind is ProblemKind.UNREADABLE


def test_one_signer_may_be_answered_and_another_not(lab: Lab) -> None:
    signers = (Signer("ghost", key="ghost.pub"), BUILD)
    found = verify(VerifyRequest(identity(signed(lab, "good")), signers, folder=str(lab.keys)))
    assert [one.kind for one in found.problems] == [ProblemKind.UNREADABLE]
    assert found.source is not None
    assert parse_signatures(found.source).verified


def test_a_registry_that_wants_a_login_is_no_answer_without_one(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bcrypt = "$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"  # of `U*U`
    lab.push("good")
    digest = layout(lab.layout("good")).digest
    logins = tmp_path / "logins"
    logins.mkdir()
    with Registry(tmp_path / "registry", free_port(), htpasswd=f"user:{bcrypt}\n") as registry:
        text = json.dumps({"auths": {registry.host: {"auth": "dXNlcjpVKlU="}}})
        (logins / "config.json").write_text(text)
        image = identity(f"{registry.host}/team/app@{digest}")
        monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
        found = problem(verify(VerifyRequest(image, (BUILD,), folder=str(lab.keys))))
        assert found.kind is ProblemKind.UNAUTHORIZED
        monkeypatch.setenv("DOCKER_CONFIG", str(logins))
        push(lab.layout("good"), "v1", f"{registry.host}/team/app:v1")
        assert check(lab, image).outcome is SignatureOutcome.UNSIGNED


# Layouts


def test_a_saved_image_is_verified_with_its_signature(lab: Lab, tmp_path: Path) -> None:
    lab.signing.save(signed(lab, "good"), tmp_path / "saved")
    found = check(lab, layout(tmp_path / "saved"))
    assert (found.outcome, found.predicates) == (SignatureOutcome.VERIFIED, (SIGNATURE,))
    wrong = check(lab, layout(tmp_path / "saved"), OTHER)
    assert wrong.outcome is SignatureOutcome.WRONG_SIGNER


def test_a_copied_image_is_verified_with_its_signature(lab: Lab, tmp_path: Path) -> None:
    pull(signed(lab, "good"), tmp_path / "copied", "v1")
    assert check(lab, layout(tmp_path / "copied")).outcome is SignatureOutcome.VERIFIED


def test_a_copied_index_is_verified_with_its_signature(lab: Lab, tmp_path: Path) -> None:
    digest = Layout(tmp_path / "index").add_index([Image(user="1"), Image(architecture="arm64")])
    reference = f"{lab.host}/team/copied-index@{digest}"
    push(tmp_path / "index", "v1", reference.replace(f"@{digest}", ":v1"))
    lab.signing.sign(reference, "build")
    pull(reference, tmp_path / "copied", "v1")
    assert check(lab, layout(tmp_path / "copied")).outcome is SignatureOutcome.VERIFIED
    wrong = check(lab, layout(tmp_path / "copied"), OTHER)
    assert wrong.outcome is SignatureOutcome.WRONG_SIGNER


def test_the_former_format_is_verified_in_a_layout(lab: Lab, tmp_path: Path) -> None:
    reference = lab.push("former-saved")
    lab.signing.sign_former(reference, "build")
    lab.signing.save(reference, tmp_path / "saved")
    found = check(lab, layout(tmp_path / "saved"))
    assert (found.outcome, found.predicates) == (SignatureOutcome.VERIFIED, (LEGACY_SIGNATURE,))
    wrong = check(lab, layout(tmp_path / "saved"), OTHER)
    assert wrong.outcome is SignatureOutcome.WRONG_SIGNER


def test_a_layout_without_signatures_is_unsigned(lab: Lab) -> None:
    lab.push("good")
    found = check(lab, layout(lab.layout("good")))
    assert found.outcome is SignatureOutcome.UNSIGNED
    assert found.reason == "the layout holds no signature"


def test_a_signed_report_in_a_layout_is_no_signature(lab: Lab, tmp_path: Path) -> None:
    reference = lab.push("attested-saved")
    lab.signing.attest(reference, "build", "vuln")
    pull(reference, tmp_path / "copied", "v1")
    found = check(lab, layout(tmp_path / "copied"))
    assert found.outcome is SignatureOutcome.UNSIGNED


@pytest.mark.parametrize("several", [False, True])
def test_the_signature_of_another_image_is_none_of_this_one(
    lab: Lab, tmp_path: Path, *, several: bool
) -> None:
    """The manifest of a signature is rewritten to refer to another image."""
    pull(signed(lab, "good"), tmp_path / "copied", "v1")
    made = Layout(tmp_path / "victim")
    root = Image(user="0")
    victim = made.add_index([root, root._replace(architecture="x")]) if several else made.add(root)
    good = layout(tmp_path / "copied").digest
    for path in (tmp_path / "copied" / "blobs" / "sha256").iterdir():
        data = path.read_bytes()
        if good.encode() in data and b'"subject"' in data:
            made._blob(data.replace(good.encode(), victim.encode()), "manifest.v1+json")
        else:
            shutil.copy(path, tmp_path / "victim" / "blobs" / "sha256")
    found = check(lab, layout(tmp_path / "victim"))
    assert found.outcome is SignatureOutcome.WRONG_SIGNER
    assert found.reason


# The command line


def test_a_key_and_an_identity_have_their_flags(tmp_path: Path) -> None:
    request = VerifyRequest(IMAGE, (), "root.json", str(tmp_path), Deadline(90.5))
    assert arguments(BUILD, request) == (
        "--timeout=90s",
        "--output=json",
        f"--key={tmp_path}/build.pub",
        f"--trusted-root={tmp_path}/root.json",
        "--insecure-ignore-tlog=true",
    )
    signer = Signer("ci", identity="https://ci.test/x", issuer="https://issuer.test")
    assert arguments(signer, VerifyRequest(IMAGE, ()))[2:] == (
        "--certificate-identity=https://ci.test/x",
        "--certificate-oidc-issuer=https://issuer.test",
    )
    assert arguments(signer._replace(pattern=True), VerifyRequest(IMAGE, ()))[2:] == (
        r"--certificate-identity-regexp=\A(?:https://ci.test/x)\z",
        r"--certificate-oidc-issuer-regexp=\A(?:https://issuer.test)\z",
    )


@pytest.mark.parametrize(
    "signer", [Signer("nobody"), Signer("x", identity="a"), Signer("x", issuer="b")]
)
def test_a_signer_without_key_or_identity_is_wrong_usage(signer: Signer) -> None:
    with pytest.raises(UsageError, match="neither a key nor an identity"):
        verify(VerifyRequest(IMAGE, (signer,)))


# Fakes

VERSION = """
if "version" in sys.argv:
    print('{"gitVersion": "v3.1.1"}')
    sys.exit()
"""


@pytest.fixture
def nothing_stored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A registry that holds the image, and no signature."""
    Layout(tmp_path / "fetched")
    monkeypatch.setattr(
        cosign,
        "fetch_signatures",
        lambda image, _folder, _deadline: image._replace(layout=str(tmp_path / "fetched")),
    )


KMS = Signer("kms", key="awskms:///alias/x", transparency_log=False)


def test_a_missing_cosign_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = problem(verify(VerifyRequest(IMAGE, (KMS,))))
    assert found.kind is ProblemKind.TOOL_MISSING
    assert "brew install cosign" in found.help


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("v2.6.1", "which accepts signatures that it should not"),
        ("3.0.3", "which accepts signatures that it should not"),
        ("3.0", "does not say which version"),
        ("", "does not say which version"),
    ],
)
def test_a_version_that_cannot_be_trusted_is_refused(fake: Fake, version: str, words: str) -> None:
    fake("cosign", VERSION.replace("v3.1.1", version))
    assert words in problem(verify(VerifyRequest(IMAGE, (KMS,)))).detail


@pytest.mark.parametrize("body", ["print('{')", "sys.exit(1)", "print('[]')"])
def test_a_program_without_a_version_is_refused(fake: Fake, body: str) -> None:
    fake("cosign", body)
    assert "does not say which version" in problem(verify(VerifyRequest(IMAGE, (KMS,)))).detail


def test_a_program_whose_version_hangs_is_refused(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cosign, "_VERSION_SECONDS", 1.0)
    fake("cosign", "time.sleep(60)")
    assert problem(verify(VerifyRequest(IMAGE, (KMS,)))).kind is ProblemKind.TIMED_OUT


def test_a_program_that_dies_is_no_answer(fake: Fake) -> None:
    fake("cosign", f"{VERSION}os.kill(os.getpid(), 9)")
    assert "was killed by SIGKILL" in problem(verify(VerifyRequest(IMAGE, (KMS,)))).detail


@pytest.mark.parametrize("text", ["", "[{", "{}", "Verified OK"])
def test_a_success_without_an_answer_is_none(fake: Fake, text: str) -> None:
    fake("cosign", f"{VERSION}print({text!r})")
    found = problem(verify(VerifyRequest(IMAGE, (KMS,))))
    assert found.kind is ProblemKind.TOOL_FAILED
    assert "cosign's answer" in found.detail


@pytest.mark.usefixtures("nothing_stored")
def test_a_statement_about_another_digest_is_no_answer(fake: Fake) -> None:
    critical = {"type": SIGNATURE, "image": {"docker-manifest-digest": "sha256:" + "0b" * 32}}
    fake("cosign", f"{VERSION}print('''{json.dumps([{'critical': critical}])}''')")
    (found,) = checks(verify(VerifyRequest(IMAGE, (KMS,))))
    assert found.outcome is SignatureOutcome.UNSIGNED
    assert found.reason == "only other statements by this signer verify: nothing about this digest"


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize(
    ("stderr", "answer"),
    [
        ("no signatures found", SignatureOutcome.UNSIGNED),
        ("expected SAN value \\x1b[1m", SignatureOutcome.WRONG_SIGNER),
        ("none of the expected identities matched", SignatureOutcome.WRONG_SIGNER),
        ("no matching signatures: strange", SignatureOutcome.WRONG_SIGNER),
        ("no matching attestations: Get x: connection refused", ProblemKind.UNREACHABLE),
        ("failed to verify leaf certificate: x509: unknown", SignatureOutcome.UNTRUSTED),
        ("tls: failed to verify certificate: x509: unknown", ProblemKind.UNREACHABLE),
        ("not enough verified timestamps", SignatureOutcome.UNTRUSTED),
        ("tuf refresh failed: no such host", ProblemKind.UNREACHABLE),
        ("unknown flag: --trusted-root", ProblemKind.TOOL_FAILED),
        ("something new", ProblemKind.TOOL_FAILED),
    ],
)
def test_failures_are_told_apart(
    fake: Fake, stderr: str, answer: SignatureOutcome | ProblemKind
) -> None:
    fake("cosign", f"{VERSION}print('Error: {stderr}', file=sys.stderr); sys.exit(1)")
    verification = verify(VerifyRequest(IMAGE, (KMS,)))
    if isinstance(answer, ProblemKind):
        assert problem(verification).kind is answer
    else:
        (found,) = checks(verification)
        assert found.outcome is answer
        assert "\x1b" not in found.reason


@pytest.mark.usefixtures("nothing_stored")
@pytest.mark.parametrize(
    ("second", "answer"),
    [
        ("unknown flag: --new-bundle-format", SignatureOutcome.WRONG_SIGNER),
        ("Get x: connection refused", ProblemKind.UNREACHABLE),
    ],
)
def test_the_second_look_may_fail_in_two_ways(
    fake: Fake, second: str, answer: SignatureOutcome | ProblemKind
) -> None:
    body = f"{VERSION}again = '--new-bundle-format=false' in sys.argv\n"
    body += (
        f"print({second!r} if again else 'no matching signatures', file=sys.stderr)\nsys.exit(1)"
    )
    fake("cosign", body)
    verification = verify(VerifyRequest(IMAGE, (KMS,)))
    if isinstance(answer, ProblemKind):
        assert problem(verification).kind is answer
    else:
        assert checks(verification)[0].outcome is answer


@pytest.mark.parametrize(
    ("key", "passed"),
    [
        ("awskms:///x", {"AWS_REGION"}),
        ("env://MY_KEY", {"MY_KEY"}),
        ("k8s://ns/secret", {"KUBECONFIG"}),
        ("https://keys.test/x.pub", set()),
    ],
)
def test_a_key_elsewhere_has_the_variables_that_it_needs(
    fake: Fake, monkeypatch: pytest.MonkeyPatch, key: str, passed: set[str]
) -> None:
    for name in ("AWS_REGION", "MY_KEY", "KUBECONFIG", "GITHUB_TOKEN"):
        monkeypatch.setenv(name, "x")
    fake("cosign", f"{VERSION}print('something new', *os.environ, file=sys.stderr); sys.exit(1)")
    found = problem(verify(VerifyRequest(IMAGE, (Signer("s", key=key),))))
    seen = {"AWS_REGION", "MY_KEY", "KUBECONFIG", "GITHUB_TOKEN"} & set(
        found.detail.replace(")", " ").split()
    )
    assert seen == passed
