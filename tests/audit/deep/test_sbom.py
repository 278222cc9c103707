"""The tier `sbom`: what an image's bill of materials lists is matched, and nothing is pulled."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.collect.deadline import NEVER
from imagelint.collect.images.boms import find_boms
from imagelint.collect.tools.trivy import scan
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.image import ImageIdentity
from tests.audit.conftest import listed
from tests.collect.conftest import need

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.collect.scanners.scanner import Scan
    from imagelint.collect.tools.trivy_options import TrivyOptions
    from imagelint.documents.image.boms import BillOfMaterials
    from imagelint.testing.registry import MemoryRegistry
    from tests.collect.conftest import Lab
    from tests.conftest import Answer, Program

MEDIA = "application/vnd.oci.image."
CYCLONEDX = "application/vnd.cyclonedx+json"
BOM = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "components": [
        {"type": "operating-system", "bom-ref": "os", "name": "alpine", "version": "3.22.1"},
        {
            "type": "library",
            "bom-ref": "pkg:apk/alpine/openssl@3.1.4-r0",
            "name": "openssl",
            "version": "3.1.4-r0",
            "purl": "pkg:apk/alpine/openssl@3.1.4-r0?arch=x86_64&distro=3.22.1",
        },
        {
            "type": "library",
            "bom-ref": "pkg:pypi/torch@2.5.0",
            "name": "torch",
            "version": "2.5.0",
            "purl": "pkg:pypi/torch@2.5.0",
        },
    ],
}
SPDX = {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "a", "packages": []}


def attach(
    registry: MemoryRegistry,
    name: tuple[str, str],
    data: object = BOM,
    media: str = CYCLONEDX,
    subject: str = "",
) -> str:
    """Attach something to an image, as a registry without a list of referrers has it."""
    repository, digest = name
    named = {"mediaType": f"{MEDIA}manifest.v1+json", "digest": subject or digest, "size": 1}
    value = {
        "schemaVersion": 2,
        "mediaType": f"{MEDIA}manifest.v1+json",
        "artifactType": media,
        "config": registry.blob(b"{}", "application/vnd.oci.empty.v1+json"),
        "layers": [registry.blob(json.dumps(data).encode(), media)],
        "subject": named,
    }
    made = registry.manifest(repository, value)
    entry = {"mediaType": f"{MEDIA}manifest.v1+json", "digest": made, "size": 1}
    tag = digest.replace(":", "-")
    index = {"schemaVersion": 2, "mediaType": f"{MEDIA}index.v1+json", "manifests": [entry]}
    registry.manifest(repository, index, tag)
    registry.tags[repository].remove(tag)
    return made


SAME = f"{CYCLONEDX};version=1.6"
HARMLESS = {
    "type": "library",
    "name": "harmless",
    "version": "1.0",
    "purl": "pkg:pypi/harmless@1.0",
}


def stated(digest: str, predicate: object = BOM, kind: str = "https://cyclonedx.org/bom") -> Any:
    return {
        "_type": "https://in-toto.io/Statement/v0.1",
        "predicateType": kind,
        "subject": [{"name": "a", "digest": {"sha256": digest.partition(":")[2]}}],
        "predicate": predicate,
    }


def audit(program: Program, lab: Lab, *more: str) -> Answer:
    words = ("--depth", "sbom", "--trivy-cache", str(lab.cache), "--offline", "--log", "log")
    rules = ("--rule", "vulnerable-package=on", "--rule", "unsigned-image=off")
    policy = () if "--policy" in more else ("--policy", "recommended")
    return program("audit", "list", *words, *rules, *policy, *more)


def test_what_a_bill_lists_is_matched_once_and_an_image_without_one_is_said(
    lab: Lab,
    program: Program,
    here: Path,
    registry: MemoryRegistry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    need("trivy")
    for name in ("one", "two"):
        attach(registry, (name, registry.image(name, layers=(name,))))
    registry.image("none", layers=("none",))
    (here / "list").write_bytes(listed(registry, "one:v1", "two:v1", "none:v1"))
    scans: list[str] = []

    def counted(
        image: ImageIdentity, options: TrivyOptions, bill: BillOfMaterials | None = None
    ) -> Scan | Problem:
        scans.append(image.reference)
        return scan(image, options, bill)

    monkeypatch.setattr("imagelint.collect.tools.keptscans.trivy.scan", counted)
    answer = audit(program, lab)
    assert answer.code == 1, answer.out + answer.err
    assert "vulnerable-package (2 images)" in answer.out
    assert "unscanned-packages (2 images)" in answer.out
    lines = sorted((here / "log").read_text().splitlines())
    assert [line.split()[:2] for line in lines[:2]] == [["audited", "fail"], ["audited", "fail"]]
    assert lines[2].startswith("no-sbom ")
    assert "carries no bill of materials (SBOM): nobody knows what is in it" in lines[2]
    assert "no-sbom" in answer.out
    before = len(scans)  # both have the same, and may be looked at together
    audit(program, lab, "--policy", "strict")
    assert len(scans) == before <= 2
    assert not any("/blobs/sha256:layer" in one.path for one in registry.log)


def test_where_signers_are_declared_only_what_they_state_counts(
    lab: Lab, program: Program, here: Path
) -> None:
    need("trivy", "cosign")
    stating, only_signed = lab.push("stating"), lab.push("onlysigned")
    for image in (stating, only_signed):
        lab.signing.sign(image, "build")
    lab.signing.attest(stating, "build", "cyclonedx", json.dumps(BOM))
    lab.signing.attest(only_signed, "other", "cyclonedx", json.dumps(BOM))
    key = lab.keys / "build.pub"
    (here / "policy.yaml").write_text(
        "extends: [recommended]\nenvironment:\n  signers:\n"
        f"    - {{name: build, key: {key}, transparency-log: false}}\n"
    )
    (here / "list").write_text(f"{stating}\n{only_signed}\n")
    rules = ("--rule", "unsigned-image=on", "--policy", "policy.yaml")
    answer = audit(program, lab, *rules)
    assert "vulnerable-package (1 image)" in answer.out, answer.out + answer.err
    assert "unscanned-packages" not in answer.out
    lines = sorted((here / "log").read_text().splitlines())
    assert lines[0].startswith("audited fail ")
    assert lines[1].startswith("no-sbom ")
    assert "for which a declared signer vouches" in lines[1]


def test_a_bill_that_names_another_image_is_not_believed(
    lab: Lab, program: Program, here: Path, registry: MemoryRegistry
) -> None:
    need("trivy")
    root = {
        "type": "container",
        "bom-ref": "root",
        "name": "a",
        "properties": [{"name": "aquasecurity:trivy:ImageID", "value": f"sha256:{'0' * 64}"}],
    }
    foreign = {**BOM, "metadata": {"component": root}}
    attach(registry, ("one", registry.image("one")), foreign)
    (here / "list").write_bytes(listed(registry, "one:v1"))
    answer = audit(program, lab)
    assert answer.code == 3, answer.out + answer.err
    assert (here / "log").read_text().startswith("malformed incomplete")
    assert "is about the image sha256:000" in (here / "log").read_text()


def found(registry: MemoryRegistry, digest: str, manifest: str = "") -> Any:
    named = f"{registry.host}/app"
    identity = ImageIdentity(f"{named}:v1", digest, named, manifest=manifest or digest)
    bills = find_boms(identity, NEVER)
    if isinstance(bills, Problem):
        return bills
    assert len(bills) < 2
    return bills[0] if bills else None


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (BOM, CYCLONEDX),
        (BOM, f"{CYCLONEDX};version=1.6"),
        (SPDX, "application/spdx+json"),
        (SPDX, "text/spdx+json"),
        ({"Data": BOM}, CYCLONEDX),
    ],
)
def test_what_is_attached_as_it_is_is_found(
    registry: MemoryRegistry, data: dict[str, Any], media: str
) -> None:
    digest = registry.image("app")
    source = attach(registry, ("app", digest), data, media)
    bill = found(registry, digest)
    assert bill.source == source
    assert json.loads(bill.text) == data.get("Data", data)
    assert bill.label == f"attached by {source[:19]}, which nobody verified"


@pytest.mark.parametrize(
    ("data", "media"),
    [
        ({"bomFormat": "other"}, CYCLONEDX),
        ("no object", CYCLONEDX),
        (BOM, "application/json"),
        (BOM, "application/vnd.in-toto+json"),
    ],
)
def test_what_is_none_is_none(registry: MemoryRegistry, data: object, media: str) -> None:
    digest = registry.image("app")
    attach(registry, ("app", digest), data, media)
    assert found(registry, digest) is None


def test_what_refers_to_another_image_is_none(registry: MemoryRegistry) -> None:
    digest, other = registry.image("app"), registry.image("other", layers=("other",))
    attach(registry, ("app", digest), subject=other)
    assert found(registry, digest) is None
    attach(registry, ("app", digest), stated(other), "application/vnd.in-toto+json")
    assert found(registry, digest) is None
    kind = "https://slsa.dev/provenance/v1"
    attach(registry, ("app", digest), stated(digest, kind=kind), "application/vnd.in-toto+json")
    assert found(registry, digest) is None


def test_a_statement_is_found_signed_or_not(registry: MemoryRegistry) -> None:
    digest = registry.image("app")
    attach(registry, ("app", digest), stated(digest), "application/vnd.in-toto+json")
    assert json.loads(found(registry, digest).text) == BOM
    payload = base64.b64encode(json.dumps(stated(digest)).encode()).decode()
    envelope = {
        "payloadType": "application/vnd.in-toto+json",
        "payload": payload,
        "signatures": [{"sig": base64.b64encode(b"by somebody").decode()}],
    }
    attach(registry, ("app", digest), envelope, "application/vnd.dsse.envelope.v1+json")
    assert json.loads(found(registry, digest).text) == BOM


def test_what_lies_in_the_index_is_found(registry: MemoryRegistry) -> None:
    digest = registry.image("app", "part")
    statement = stated(digest, SPDX, "https://spdx.dev/Document")
    layer = registry.blob(json.dumps(statement).encode(), "application/vnd.in-toto+json")
    provenance = registry.blob(b'{"_type": "other"}', "application/vnd.in-toto+json")
    beside = registry.manifest(
        "app",
        {
            "schemaVersion": 2,
            "mediaType": f"{MEDIA}manifest.v1+json",
            "config": registry.blob(b"{}", f"{MEDIA}config.v1+json"),
            "layers": [
                {**provenance, "annotations": {"in-toto.io/predicate-type": "https://slsa.dev/a"}},
                {
                    **layer,
                    "annotations": {"in-toto.io/predicate-type": "https://spdx.dev/Document"},
                },
            ],
        },
    )
    entry = {"mediaType": f"{MEDIA}manifest.v1+json", "size": 1}
    platform = {"os": "linux", "architecture": "amd64"}
    nowhere = {"os": "unknown", "architecture": "unknown"}
    kind = {"vnd.docker.reference.type": "attestation-manifest"}
    index = registry.manifest(
        "app",
        {
            "schemaVersion": 2,
            "mediaType": f"{MEDIA}index.v1+json",
            "manifests": [
                {**entry, "digest": digest, "platform": platform},
                {**entry, "digest": beside, "platform": nowhere, "annotations": kind},
            ],
        },
        "v1",
    )
    assert found(registry, index, digest).source == beside
    # Of another platform it says nothing.
    assert found(registry, index, registry.image("app", "other", ("x",))) is None


def test_all_that_differ_are_found_and_what_is_the_same_once(registry: MemoryRegistry) -> None:
    digest = registry.image("app")
    other = {**BOM, "components": []}
    made = attach_all(registry, digest, (BOM, CYCLONEDX), (other, CYCLONEDX), (BOM, SAME))
    identity = ImageIdentity("a", digest, f"{registry.host}/app", manifest=digest)
    bills = find_boms(identity, NEVER)
    assert not isinstance(bills, Problem)
    assert {json.loads(one.text)["components"] == [] for one in bills} == {True, False}
    assert len(bills) == 2
    first, same = sorted((made[0], made[2]))
    assert [one.source for one in bills] == sorted((first, made[1]))
    assert same not in {one.source for one in bills}


def test_of_bills_that_nobody_verified_what_any_of_them_lists_counts(
    lab: Lab, program: Program, here: Path, registry: MemoryRegistry
) -> None:
    need("trivy")
    digest = registry.image("one")
    harmless = {**BOM, "components": [HARMLESS]}
    attach_all(registry, digest, (harmless, CYCLONEDX), (BOM, CYCLONEDX), repository="one")
    (here / "list").write_bytes(listed(registry, "one:v1"))
    answer = audit(program, lab)
    assert "vulnerable-package (1 image)" in answer.out, answer.out + answer.err


def attach_all(
    registry: MemoryRegistry, digest: str, *bills: tuple[object, str], repository: str = "app"
) -> list[str]:
    """Attach several bills to an image."""
    made = [attach(registry, (repository, digest), data, media) for data, media in bills]
    media = f"{MEDIA}manifest.v1+json"
    entries = [{"mediaType": media, "digest": one, "size": 1} for one in made]
    index = {"schemaVersion": 2, "mediaType": f"{MEDIA}index.v1+json", "manifests": entries}
    tag = digest.replace(":", "-")
    registry.manifest(repository, index, tag)
    registry.tags[repository].remove(tag)
    return made


def test_what_cannot_be_had_is_a_problem_and_not_nothing(registry: MemoryRegistry) -> None:
    digest = registry.image("app")
    attach(registry, ("app", digest))
    registry.blobs.clear()
    assert found(registry, digest).kind is ProblemKind.NOT_FOUND
    registry.manifests["app", registry.manifest("app", {})] = b"{"
    wrong = ImageIdentity("A b", digest, "A b", manifest=digest)
    assert isinstance(find_boms(wrong, NEVER), Problem)
