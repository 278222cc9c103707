"""Every combination of what the tools may say about an image."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from imagelint.collect.scanners.scanner import Scan
from imagelint.collect.signatures import verify as verification
from imagelint.collect.tools import cosign, trivy
from imagelint.collect.tools.cosign import Verification, VerifyRequest
from imagelint.collect.tools.trivy_options import TrivyOptions
from imagelint.core.environment import Environment, Signer
from imagelint.core.errors import UsageError
from imagelint.core.report import Problem, ProblemKind, Report
from imagelint.core.source import Source
from imagelint.documents.image.claims import Claim, ClaimForm
from imagelint.documents.image.image import NOWHERE, ImageIdentity, ImageTarget
from imagelint.documents.image.signatures import (
    SIGNATURE,
    SignatureCheck,
    SignatureOutcome,
    write_signatures,
)
from imagelint.documents.image.vulnerabilities import ScanFacts
from imagelint.policy.load import pack
from imagelint.run import images
from imagelint.run.images import ImageRequest, ImageResult, examine_image
from imagelint.run.supplychain.signers import signers_for
from tests.cli.projects import GOOD, ROOT, write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from imagelint.collect.deadline import Deadline
    from imagelint.collect.registry.client import Clients
    from tests.conftest import Answer, Program

NAME = "registry.example.com/llm/server:2.1"
DIGEST = "sha256:" + "ab" * 32
OTHER = "sha256:" + "cd" * 32
CONFIG = "sha256:" + "ef" * 32
IDENTITY = ImageIdentity(
    NAME, DIGEST, "registry.example.com/llm/server", manifest=DIGEST, config=CONFIG
)
UNREACHABLE = Problem(ProblemKind.UNREACHABLE, NAME, "nobody answers")
FACTS = ScanFacts("0.60.0", "2026-01-02T00:00:00Z", "2026-01-01T12:00:00Z")
MISSING = Problem(ProblemKind.TOOL_MISSING, NAME, "it is not installed", "install it")
FAILED = Problem(ProblemKind.TOOL_FAILED, NAME, "it broke")
ABSENT = Problem(ProblemKind.NOT_FOUND, NAME, "there is no such image")
VULNERABLE = {
    "VulnerabilityID": "CVE-2099-1",
    "PkgName": "vllm",
    "InstalledVersion": "1",
    "FixedVersion": "2",
    "Status": "fixed",
    "Severity": "CRITICAL",
    "SeveritySource": "ghsa",
}


def scanned(*found: Mapping[str, str], digest: str = DIGEST) -> Scan:
    package = {"ID": "vllm@1", "Name": "vllm", "Version": "1"}
    system = {"ID": "musl@1", "Name": "musl", "Version": "1", "SrcName": "musl"}
    report = {
        "SchemaVersion": 2,
        "ArtifactType": "container_image",
        "Metadata": {
            "OS": {"Family": "alpine", "Name": "3.22.1"},
            "ImageID": CONFIG,
            "RepoDigests": [f"registry.example.com/llm/server@{digest}"],
            "ImageConfig": {"architecture": "amd64", "os": "linux", "config": {"User": "1"}},
        },
        "Results": [
            {"Target": "alpine", "Class": "os-pkgs", "Type": "alpine", "Packages": [system]},
            {
                "Target": "Python",
                "Class": "lang-pkgs",
                "Type": "python-pkg",
                "Packages": [package],
                "Vulnerabilities": list(found),
            },
        ],
    }
    return Scan(Source(NAME, json.dumps(report)), FACTS)


BUILD = ec.derive_private_key(1, ec.SECP256R1())
STRANGER = ec.derive_private_key(2, ec.SECP256R1())
FOR_COSIGN = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
KEY = ("--key", "a.pub", "--no-transparency-log")


def claim(by: ec.EllipticCurvePrivateKey) -> Claim:
    """A bundle on the image that was really signed."""
    content = b"this image"
    signature = by.sign(content, ec.ECDSA(hashes.SHA256()))
    return Claim(
        OTHER,
        ClaimForm.STATEMENT,
        signed=content,
        signatures=(signature,),
        predicate=SIGNATURE,
        digests=(DIGEST,),
    )


class Check(NamedTuple):
    """What lies on the image, what cosign says of it, and the key in `a.pub`."""

    claims: tuple[Claim, ...] | Problem
    outcome: SignatureOutcome | None = None
    problems: tuple[Problem, ...] = ()
    key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey = BUILD

    def answer(self, request: VerifyRequest) -> Verification:
        """What cosign says."""
        if self.outcome is None:
            return Verification(None, "", self.problems)
        checks = [
            SignatureCheck(NOWHERE, signer.name, self.outcome, predicates=(SIGNATURE,))
            for signer in request.signers
        ]
        return Verification(Source(NAME, write_signatures(NAME, checks)), "3.0.2", self.problems)

    def located(self, *_asked: str) -> str | Problem:
        """Where cosign is."""
        return MISSING if MISSING in self.problems else "/usr/bin/cosign"

    @property
    def pem(self) -> bytes:
        """The public key."""
        form = PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(Encoding.PEM, form)


RESOLVED: dict[str, tuple[ImageTarget, ...] | Problem] = {
    "found": (ImageTarget(IDENTITY),),
    "unreachable": UNREACHABLE,
    "not found": ABSENT,
}
SCANS = {
    "clean": scanned(),
    "vulnerable": scanned(VULNERABLE),
    "missing": MISSING,
    "failed": FAILED,
    "nonsense": Scan(Source(NAME, "{"), FACTS),
    "other image": scanned(digest=OTHER),
}
SIGNED, VERIFIED = (claim(BUILD),), SignatureOutcome.VERIFIED
CHECKS = {
    "verified": Check(SIGNED, VERIFIED),
    "verified without cosign": Check(SIGNED, None, (MISSING,)),
    "verified by cosign": Check(SIGNED, VERIFIED, key=FOR_COSIGN),
    "unsigned": Check((), SignatureOutcome.UNSIGNED),
    "unsigned without cosign": Check((), None, (MISSING,)),
    "by a stranger": Check((claim(STRANGER),), SignatureOutcome.WRONG_SIGNER),
    "missing": Check(SIGNED, None, (MISSING,), FOR_COSIGN),
    "failed": Check(SIGNED, None, (FAILED,)),
    "partly": Check(SIGNED, VERIFIED, (FAILED,)),
    "disputed": Check(SIGNED, SignatureOutcome.WRONG_SIGNER),
    "disputed by cosign": Check((claim(STRANGER),), VERIFIED),
    "unreachable": Check(UNREACHABLE, VERIFIED),
}
PASSED = {"verified", "verified without cosign", "verified by cosign"}
REFUSED = {"unsigned", "unsigned without cosign", "by a stranger"}


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch, here: Path) -> Callable[[str, str, str], None]:
    """Let the registry and the tools say what a name stands for."""

    def say(resolved: str, scan: str, check: str) -> None:
        given = CHECKS[check]
        (here / "a.pub").write_bytes(given.pem)
        monkeypatch.setattr(images, "resolve", lambda *_asked: RESOLVED[resolved])
        monkeypatch.setattr(trivy, "scan", lambda _image, _options: SCANS[scan])
        monkeypatch.setattr(verification, "discover", lambda *_asked: given.claims)
        monkeypatch.setattr(verification, "locate", given.located)
        monkeypatch.setattr(cosign, "verify", given.answer)

    return say


def evidence_of(answer: Answer) -> dict[str, str]:
    return {row["name"]: row["value"] for row in json.loads(answer.out)["evidence"]}


def expected(resolved: str, scan: str, check: str) -> int:
    """The code that the gate must end with: never 0 unless all was told and is well."""
    if resolved != "found":
        return 3
    told = scan in {"clean", "vulnerable"}
    if scan == "vulnerable" or check in REFUSED:
        return 1
    return 0 if told and check in PASSED else 3


@pytest.mark.parametrize(("resolved", "scan", "check"), tuple(product(RESOLVED, SCANS, CHECKS)))
def test_the_gate_passes_only_what_was_told_and_is_well(
    program: Program,
    tools: Callable[[str, str, str], None],
    resolved: str,
    scan: str,
    check: str,
) -> None:
    tools(resolved, scan, check)
    answer = program("gate", NAME, "--policy", "baseline", *KEY, "--format", "json")
    assert answer.code == expected(resolved, scan, check), answer.out
    assert answer.err == ""
    evidence = evidence_of(answer)
    assert evidence["imagelint"]
    assert evidence["policy"].startswith("baseline (")
    if answer.code == 0:
        assert evidence["digest"] in {DIGEST, OTHER}
        assert evidence["trivy"] == FACTS.version
        assert evidence["vulnerability database"] == FACTS.database
        assert evidence["packages"].startswith("2 (alpine")
        assert evidence.get("cosign") == (None if "without" in check else "3.0.2")
        assert ("signature of command line" in evidence) is (check != "verified by cosign")
        assert evidence["signers"] == "command line"


def run(program: Program, command: str, *more: str) -> Answer:
    return program(command, NAME, "--policy", "baseline", *more)


@pytest.mark.parametrize("scan", list(SCANS))
def test_a_scan_asks_for_no_signature(
    program: Program, tools: Callable[[str, str, str], None], scan: str
) -> None:
    tools("found", scan, "missing")
    code = {"clean": 0, "vulnerable": 1}.get(scan, 3)
    assert run(program, "scan").code == code


@pytest.mark.parametrize("check", list(CHECKS))
def test_a_verification_asks_for_no_scan(
    program: Program, tools: Callable[[str, str, str], None], check: str
) -> None:
    tools("found", "missing", check)
    answer = run(program, "verify", *KEY)
    assert answer.code == expected("found", "clean", check), answer.out


def test_without_cosign_only_what_is_left_to_it_is_incomplete(
    program: Program, tools: Callable[[str, str, str], None]
) -> None:
    tools("found", "clean", "missing")
    answer = run(program, "verify", *KEY)
    assert answer.code == 3
    assert "install it" in answer.out
    tools("found", "clean", "verified without cosign")
    answer = run(program, "verify", *KEY)
    assert answer.code == 0
    assert "install it" not in answer.out


def test_a_dispute_is_told_unless_nobody_asks_cosign(
    program: Program, tools: Callable[[str, str, str], None]
) -> None:
    tools("found", "clean", "disputed")
    answer = run(program, "verify", *KEY)
    assert answer.code == 3
    assert "who signed as `command line` is disputed" in answer.out
    assert run(program, "verify", *KEY, "--no-cross-check").code == 0


def test_a_verification_without_signers_is_incomplete(
    program: Program, tools: Callable[[str, str, str], None]
) -> None:
    tools("found", "clean", "verified")
    for command in ("verify", "gate"):
        answer = run(program, command)
        assert answer.code == 3
        assert "no signer is declared" in answer.out


def test_a_stage_whose_rules_are_off_is_left_out(
    program: Program, tools: Callable[[str, str, str], None]
) -> None:
    tools("found", "missing", "missing")
    signatures = ("--rule", "unsigned-image=off", "--rule", "wrong-signer=off")
    scans = (
        "vulnerable-package",
        "stale-vulnerability-database",
        "unscanned-packages",
    )
    off = [part for name in scans for part in ("--rule", f"{name}=off")]
    assert run(program, "gate", *signatures).code == 3
    assert run(program, "gate", *KEY, *off).code == 3
    assert run(program, "gate", *off, *signatures).code == 0
    tools("found", "clean", "missing")
    answer = run(program, "gate", *signatures, "--format", "json")
    assert answer.code == 0
    assert evidence_of(answer)["verify"] == "left out: the policy has its rules off"
    tools("found", "missing", "verified")
    assert run(program, "gate", *KEY, *off).code == 0


def test_a_demand_of_trust_asks_for_signatures_whatever_else_is_off(
    program: Program, here: Path, tools: Callable[[str, str, str], None]
) -> None:
    signers = "signers: [{name: build, key: a.pub, transparency-log: false}]"
    trust = "trust: [{signed-by: [build]}]"
    off = "rules: {unsigned-image: off, wrong-signer: off}"
    (here / ".imagelint.yaml").write_text(
        f"name: ours\nextends: [baseline]\n{off}\nenvironment:\n  {signers}\n  {trust}\n",
        encoding="utf-8",
    )
    for check, code in (("verified", 0), ("by a stranger", 1), ("unsigned", 1), ("missing", 3)):
        tools("found", "clean", check)
        answer = program("gate", NAME)
        assert answer.code == code, answer.out


def test_the_gate_looks_at_files_as_well(
    program: Program, here: Path, tools: Callable[[str, str, str], None]
) -> None:
    tools("found", "clean", "verified")
    write(here, Dockerfile=GOOD, bad__Dockerfile=ROOT)
    assert run(program, "gate", "Dockerfile", *KEY).code == 0
    assert run(program, "gate", ".", *KEY, "--rule", "root-user=high").code == 1
    assert run(program, "gate", "missing", *KEY).code == 3
    (here / "empty").mkdir()
    assert run(program, "gate", "empty", *KEY).code == 3


def test_waivers_that_were_used_are_evidence(
    program: Program, here: Path, tools: Callable[[str, str, str], None]
) -> None:
    tools("found", "vulnerable", "verified")
    (here / ".imagelint.yaml").write_text(
        "name: ours\nextends: [baseline]\nwaivers:\n"
        "  - {rule: vulnerable-package, reason: not reached, until: 2999-01-01}\n",
        encoding="utf-8",
    )
    answer = program("gate", NAME, *KEY, "--format", "json")
    assert answer.code == 0, answer.out
    evidence = evidence_of(answer)
    (waived,) = (name for name in evidence if name.startswith("waived vulnerable-package "))
    assert "CVE-2099-1" in waived
    assert evidence[waived] == "not reached (until 2999-01-01)"
    assert evidence["policy"].startswith("ours (.imagelint.yaml, ")
    shown = program("gate", NAME, *KEY).out
    assert "note: allowed vulnerable-package CVE-2099-1" in shown


def test_what_is_no_reference_is_wrong_usage(program: Program) -> None:
    for name in ("Not A Reference", "", "a:b:c", "oci:"):
        for command in ("scan", "verify", "gate"):
            answer = program(command, name, "--policy", "baseline", "--key", "a")
            assert answer.code in {2, 3}, name
            assert "Traceback" not in answer.err


# -- Without the command line ------------------------------------------------------------------


def test_what_is_being_done_is_told(tools: Callable[[str, str, str], None]) -> None:
    tools("found", "clean", "verified")
    told: list[str] = []
    signer = Signer("build", key="a.pub", transparency_log=False)
    policy = pack("baseline")._replace(environment=Environment(signers=(signer,)))
    examine_image(NAME, ImageRequest(policy, TrivyOptions(), tell=told.append))
    assert told == [
        f"resolving {NAME}",
        f"scanning {NAME} with Trivy",
        f"verifying {NAME}",
    ]


def test_cosign_is_asked_for_the_digest_with_the_signers_of_that_image(
    tools: Callable[[str, str, str], None], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools("found", "clean", "verified")
    (here / "keys").mkdir()
    (here / "a.pub").rename(here / "keys" / "a.pub")
    sought: list[ImageIdentity] = []
    asked: list[VerifyRequest] = []

    def verify(request: VerifyRequest) -> Verification:
        asked.append(request)
        return CHECKS["verified"].answer(request)

    def discover(
        image: ImageIdentity, _deadline: Deadline, clients: Clients | None
    ) -> tuple[Claim, ...]:
        assert clients is None
        sought.append(image)
        return SIGNED

    monkeypatch.setattr(cosign, "verify", verify)
    monkeypatch.setattr(verification, "discover", discover)
    keyed = Signer("ours", key="a.pub", transparency_log=False)
    ours = keyed._replace(images=("registry.example.com/llm/*",))
    theirs = Signer("theirs", key="b.pub", images=("registry.example.com/web/*",))
    given = Environment(signers=(ours, theirs), trusted_root="root.json")
    policy = pack("baseline")._replace(environment=given)
    look = examine_image(NAME, ImageRequest(policy, TrivyOptions(), "keys"))
    assert sought == [IDENTITY]
    (request,) = asked
    assert request.image.digest == DIGEST
    assert (request.signers, request.trusted_root, request.folder) == ((ours,), "root.json", "keys")
    assert {examined.digest for examined in look.report.examined} == {DIGEST}
    assert ("signers", "ours") in look.evidence


def test_the_platform_is_evidence_where_it_is_known(
    tools: Callable[[str, str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    tools("found", "clean", "verified")
    target = ImageTarget(IDENTITY._replace(platform="linux/arm64"))
    monkeypatch.setattr(images, "resolve", lambda *_asked: (target,))
    wishes = ImageRequest(pack("baseline"), TrivyOptions(), scan=False, verify=False)
    assert ("platform", "linux/arm64") in examine_image(NAME, wishes).evidence


def test_signers_without_images_sign_all() -> None:
    everywhere = Signer("all", key="a")
    policy = pack("baseline")._replace(environment=Environment(signers=(everywhere,)))
    assert signers_for(ImageTarget(IDENTITY), policy) == (everywhere,)
    layout = ImageTarget(ImageIdentity("oci:image:v1", DIGEST, layout="image"))
    assert signers_for(layout, policy) == (everywhere,)


def test_looks_add_up() -> None:
    first = ImageResult(Report(problems=(MISSING,)), (("a", "b"),))
    second = ImageResult(Report(problems=(FAILED,)), (("c", "d"),))
    both = first.plus(second)
    assert both == ImageResult(Report(problems=(MISSING, FAILED)), (("a", "b"), ("c", "d")))


def test_errors_of_usage_come_through(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError):
        examine_image("Not A Reference", ImageRequest(pack("baseline"), TrivyOptions()))
