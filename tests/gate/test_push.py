"""What passed the gate is pushed to the real registry, and signed by the real cosign."""

from __future__ import annotations

import base64
import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.collect.deadline import Deadline
from imagelint.collect.registry import push as module
from imagelint.collect.registry.client import Client
from imagelint.core.reference import parse_reference
from imagelint.core.report import Problem
from imagelint.testing.archives import docker_archive, oci_archive
from imagelint.testing.images import MEDIA, Image, Layout, alpine
from tests.gate.attack import Outcome, Said, attack

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gate.attack import Ended
    from tests.gate.conftest import Yard

TITLE = "What comes between the gate and the push"
CLEAN = Image((alpine(("openssl", "3.1.9-r0")), {"opt/model/config.json": "{}" * 900}))
OTHER = Image((alpine(("openssl", "3.1.9-r0")), {"opt/other": "x"}))
POLICY = "extends: [baseline]\nrules: {unsigned-image: off, wrong-signer: off}\n"


@pytest.fixture
def layout(yard: Yard, here: Path) -> Layout:
    """A layout with a clean image, and a policy that asks for no signature."""
    (here / ".imagelint.yaml").write_text(POLICY, encoding="utf-8")
    return Layout(yard.folder / "layout")


def gate(yard: Yard, image: str, *words: str) -> Ended:
    scan = ("--offline", "--trivy-cache", str(yard.lab.cache))
    return yard.ours("gate", image, *scan, "--attest", "verdict.json", *words)


def gated(yard: Yard, image: str, *words: str) -> None:
    ended = gate(yard, image, *words)
    assert ended.code == 0, ended.text


def push(yard: Yard, image: str, name: str, *words: str) -> tuple[int, dict[str, Any]]:
    words = ("--verdict", "verdict.json", "--format", "json", *words)
    ended = yard.ours("push", image, f"{yard.lab.host}/{name}", *words)
    return ended.code, json.loads(ended.text)


def evidence(report: dict[str, Any]) -> dict[str, str]:
    return {row["name"]: row["value"] for row in report["evidence"]}


def digest_of(yard: Yard, name: str, tag: str) -> str:
    reference = parse_reference(f"{yard.lab.host}/{name}")
    assert reference is not None
    found = Client(reference, name, Deadline()).manifest(tag)
    assert not isinstance(found, Problem), found
    return found.digest


def test_what_passed_is_pushed_and_nothing_is_sent_twice(yard: Yard, layout: Layout) -> None:
    digest = layout.add(CLEAN)
    image = f"oci:{layout.folder}:v1"
    gated(yard, image)
    code, report = push(yard, image, "pushed/server:2.1")
    assert code == 0, report
    assert report["verdict"]["reasons"] == [f"pushed {yard.lab.host}/pushed/server@{digest}"]
    assert digest_of(yard, "pushed/server", "2.1") == digest
    assert re.fullmatch(r"3 \(.*\)", evidence(report)["blobs sent"])
    code, report = push(yard, image, "pushed/server:2.2")
    assert (code, evidence(report)["blobs there"][0]) == (0, "3")
    assert "blobs sent" not in evidence(report)


@pytest.mark.parametrize("scheme", ["oci-archive", "docker-archive"])
def test_archives_are_pushed_by_the_digest_that_was_gated(
    yard: Yard, layout: Layout, scheme: str
) -> None:
    layout.add(CLEAN)
    made = oci_archive if scheme == "oci-archive" else docker_archive
    (yard.folder / scheme).write_bytes(made(layout.folder))
    image = f"{scheme}:{yard.folder / scheme}"
    gated(yard, image)
    code, report = push(yard, image, f"pushed/{scheme}:v1")
    assert code == 0, report
    assert digest_of(yard, f"pushed/{scheme}", "v1") == evidence(report)["digest"]


def test_large_blobs_go_in_pieces_and_others_are_mounted(
    yard: Yard, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 100)
    digest = layout.add(CLEAN)
    image = f"oci:{layout.folder}:v1"
    gated(yard, image)
    assert push(yard, image, "pieces/one:v1")[0] == 0
    assert digest_of(yard, "pieces/one", "v1") == digest
    beside = ("--mount-from", f"{yard.lab.host}/pieces/one")
    code, report = push(yard, image, "pieces/two:v1", *beside)
    assert (code, evidence(report)["blobs mounted"][0]) == (0, "3")
    # Where there is nothing to mount, it is sent.
    beside = ("--mount-from", f"{yard.lab.host}/pieces/none")
    code, report = push(yard, image, "pieces/three:v1", *beside)
    assert (code, evidence(report)["blobs sent"][0]) == (0, "3")


def test_an_index_is_pushed_whole_and_only_if_all_of_it_was_looked_at(
    yard: Yard, layout: Layout
) -> None:
    digest = layout.add_index((CLEAN, CLEAN._replace(architecture="arm64")))
    image = f"oci:{layout.folder}:v1"
    gated(yard, image, "--platform", "linux/amd64")
    code, report = push(yard, image, "pushed/index:v1")
    assert code == 1
    (reason,) = report["verdict"]["reasons"]
    assert "the gate did not look at sha256:" in reason
    gated(yard, image)
    assert push(yard, image, "pushed/index:v1")[0] == 0
    assert digest_of(yard, "pushed/index", "v1") == digest


def test_what_was_pushed_is_signed_and_carries_its_verdict(
    yard: Yard, layout: Layout, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COSIGN_PASSWORD", "")
    keys = yard.lab.keys
    layout.add_index((CLEAN, CLEAN._replace(architecture="arm64")))
    image = f"oci:{layout.folder}:v1"
    gated(yard, image)
    sign = ("--sign", "--sign-key", str(keys / "build.key"))
    config = ("--signing-config", str(keys / "signing-config.json"))
    code, report = push(yard, image, "signed/server:v1", *sign, *config)
    assert code == 0, report
    assert "build.key" in evidence(report)["signed"]
    (here / ".imagelint.yaml").write_text(
        "extends: [baseline]\nenvironment:\n"
        f"  signers: [{{name: b, key: {keys / 'build.pub'}, transparency-log: false}}]\n"
        "  trust: [{attestations: [{type: verdict, max-age-days: 1}]}]\n",
        encoding="utf-8",
    )
    name = f"{yard.lab.host}/signed/server:v1"
    ended = yard.ours("verify", name, "--no-cross-check")
    assert ended.code == 0, ended.text
    # Who pulls by the digest of a platform asks for a signature of that.
    index = json.loads((layout.folder / "index.json").read_text())["manifests"][0]["digest"]
    blob = (layout.folder / "blobs/sha256" / index.removeprefix("sha256:")).read_text()
    one = json.loads(blob)["manifests"][0]["digest"]
    key = ("--key", str(keys / "build.pub"), "--no-transparency-log", "--no-cross-check")
    ended = yard.ours(
        "verify", f"{yard.lab.host}/signed/server@{one}", *key, "--policy", "baseline"
    )
    assert ended.code == 0, ended.text


SUMMARY = """\
verification-summary:
  levels: [EXAMPLE_SERVING_2]
  verifier: https://ci.example.com/gate
"""


@pytest.mark.parametrize("other", [False, True])
def test_what_a_pass_is_worth_is_attached_to_what_was_pushed(
    yard: Yard, layout: Layout, here: Path, monkeypatch: pytest.MonkeyPatch, *, other: bool
) -> None:
    monkeypatch.setenv("COSIGN_PASSWORD", "")
    keys, policy = yard.lab.keys, here / ".imagelint.yaml"
    digest = layout.add(CLEAN._replace(env=("WORTH=other" if other else "WORTH=it",)))
    image, place = f"oci:{layout.folder}:v1", f"{yard.lab.host}/worth/server"
    policy.write_text(POLICY + SUMMARY, encoding="utf-8")
    gated(yard, image)
    if other:  # what another policy let pass is worth nothing by this one
        policy.write_text(f"{POLICY}{SUMMARY}fail-on: critical\npush: {{other-policy-hours: 1}}\n")
    sign = ("--sign", "--sign-key", str(keys / "build.key"))
    config = ("--signing-config", str(keys / "signing-config.json"))
    code, report = push(yard, image, "worth/server:v1", *sign, *config)
    assert code == 0, report
    assert ("summary" in evidence(report)["signed"]) is not other
    (here / "demand.yaml").write_text(
        "extends: [baseline]\nenvironment:\n"
        f"  signers: [{{name: b, key: {keys / 'build.pub'}, transparency-log: false}}]\n"
        "  trust:\n    - attestations:\n"
        '        - {type: "https://slsa.dev/verification_summary/v1",'
        ' verifier: "https://ci.example.com/gate", max-age-days: 1}\n',
        encoding="utf-8",
    )
    ended = yard.ours("verify", f"{place}@{digest}", "--no-cross-check", "--policy", "demand.yaml")
    assert ended.code == int(other), ended.text
    if not other:
        words = ("download", "attestation", f"{place}@{digest}")
        said = [json.loads(line) for line in yard.bare("cosign", *words).text.splitlines() if line]
        payloads = [
            json.loads(base64.b64decode(one.get("dsseEnvelope", one)["payload"])) for one in said
        ]
        (vsa,) = (one for one in payloads if "verification_summary" in one["predicateType"])
        where = f"pkg:oci/server@{digest}?repository_url={place}"
        assert vsa["predicate"]["resourceUri"] == where
        written = json.loads((here / "verdict.json").read_text())["predicate"]
        assert vsa["predicate"]["timeVerified"] == written["timeCreated"]
        assert vsa["predicate"]["policy"] == written["verifier"]["policies"][0]


def test_a_key_that_is_not_there_leaves_it_pushed_and_told(yard: Yard, layout: Layout) -> None:
    digest = layout.add(CLEAN)
    image = f"oci:{layout.folder}:v1"
    gated(yard, image)
    code, report = push(yard, image, "unsigned/server:v1", "--sign", "--sign-key", "none.key")
    assert code == 3
    assert report["verdict"]["reasons"][0].startswith("pushed, but not signed: ")
    assert digest_of(yard, "unsigned/server", "v1") == digest


def refused(yard: Yard, image: str) -> list[str]:
    code, report = push(yard, image, "refused/server:v1")
    assert code == 1, report
    assert "pushed" not in evidence(report)
    reference = parse_reference(f"{yard.lab.host}/refused/server")
    assert reference is not None
    assert isinstance(Client(reference, "x", Deadline()).tags(), Problem)
    reasons: list[str] = report["verdict"]["reasons"]
    return reasons


def test_another_image_than_the_gated_one_is_not_pushed(yard: Yard, layout: Layout) -> None:
    layout.add(CLEAN, "v1")
    layout.add(OTHER, "v2")
    gated(yard, f"oci:{layout.folder}:v1")
    (reason, part) = refused(yard, f"oci:{layout.folder}:v2")
    assert "the verdict is about sha256:" in reason
    assert "the gate did not look at" in part


def swapped(yard: Yard, layout: Layout, image: Image) -> Outcome:
    """What comes of pushing another image under the tag of the one that was gated."""
    layout.add(CLEAN)
    name = f"oci:{layout.folder}:v1"
    gated(yard, name)
    shutil.rmtree(layout.folder)
    Layout(layout.folder).add(image)
    to = f"{yard.lab.host}/swapped/server"
    source = ("--from-oci-layout", f"{layout.folder}:v1")
    bare = yard.bare("oras", "cp", *source, "--to-plain-http", f"{to}:bare")
    return Outcome(yard.ours("push", name, f"{to}:v1", "--verdict", "verdict.json"), bare)


@attack(
    "After the gate, another image lies in the layout under the same tag",
    bare=Said("oras cp", 0, told="pushed"),
    ours=Said(
        "push", 1, "the verdict is about sha256:", "not pushed: the verdict is about another"
    ),
)
def test_an_image_is_not_swapped_behind_the_gate(yard: Yard, layout: Layout) -> Outcome:
    return swapped(yard, layout, OTHER)


@attack(
    "The gate looked at one platform of an index, and the others are pushed with it",
    ours=Said(
        "push", 1, "did not look at sha256:", "not pushed: the gate did not look at all of it"
    ),
)
def test_no_platform_goes_along_unseen(yard: Yard, layout: Layout) -> Outcome:
    vulnerable = yard.lab.vulnerable()._replace(architecture="arm64")
    layout.add_index((CLEAN, vulnerable))
    image = f"oci:{layout.folder}:v1"
    gated(yard, image, "--platform", "linux/amd64")
    to = f"{yard.lab.host}/unseen/server:v1"
    return Outcome(yard.ours("push", image, to, "--verdict", "verdict.json"))


def test_what_failed_is_not_pushed(yard: Yard, layout: Layout) -> None:
    layout.add(yard.lab.vulnerable())
    image = f"oci:{layout.folder}:v1"
    assert gate(yard, image, "--policy", "strict").code == 1
    assert "not pushed: the verdict is not that the gate was passed" in refused(yard, image)


def test_another_policy_is_not_this_one(yard: Yard, layout: Layout, here: Path) -> None:
    layout.add(CLEAN)
    image = f"oci:{layout.folder}:v1"
    gated(yard, image)
    (here / ".imagelint.yaml").write_text(f"{POLICY}fail-on: low\n", encoding="utf-8")
    (reason,) = refused(yard, image)
    assert "given under another policy" in reason
    more = "push: {other-policy-hours: 1}\n"
    (here / ".imagelint.yaml").write_text(f"{POLICY}fail-on: low\n{more}", encoding="utf-8")
    assert push(yard, image, "other-policy/server:v1")[0] == 0


@pytest.mark.parametrize(
    ("made", "part"),
    [
        ("2026-01-01T00:00:00Z", "hours old, and may be 24"),
        ("2999-01-01T00:00:00Z", "given in the future"),
        ("today", "does not say when it was given"),
    ],
)
def test_a_verdict_has_a_day(yard: Yard, layout: Layout, here: Path, made: str, part: str) -> None:
    layout.add(CLEAN)
    image = f"oci:{layout.folder}:v1"
    gated(yard, image)
    written = json.loads((here / "verdict.json").read_text())
    written["predicate"]["timeCreated"] = made
    (here / "verdict.json").write_text(json.dumps(written))
    (reason, *_) = refused(yard, image)
    assert part in reason


def test_a_blob_that_is_another_than_it_is_called_is_not_pushed(yard: Yard, layout: Layout) -> None:
    digest = layout.add(CLEAN)
    image = f"oci:{layout.folder}:v1"
    gated(yard, image)
    blobs = layout.folder / "blobs/sha256"
    manifest = json.loads((blobs / digest.removeprefix("sha256:")).read_text())
    layer = blobs / manifest["layers"][1]["digest"].removeprefix("sha256:")
    layer.write_bytes(b"\0" * layer.stat().st_size)
    code, report = push(yard, image, "changed/server:v1")
    assert code == 3
    assert "does not have that digest" in report["verdict"]["reasons"][0]
    layer.write_bytes(b"\0")
    assert "has 1 bytes" in push(yard, image, "changed/server:v1")[1]["verdict"]["reasons"][0]
    layer.unlink()
    assert "cannot be read" in push(yard, image, "changed/server:v1")[1]["verdict"]["reasons"][0]


def test_what_a_build_adds_to_an_index_goes_with_it(yard: Yard, layout: Layout) -> None:
    layout.add(CLEAN, "one")
    layout.add(OTHER, "two")
    blobs = layout.folder / "blobs/sha256"
    listed = json.loads((layout.folder / "index.json").read_text())["manifests"]
    unknown = {"os": "unknown", "architecture": "unknown"}
    kind = {"vnd.docker.reference.type": "attestation-manifest"}
    second = {**listed[1], "platform": unknown, "annotations": kind}
    first = {key: value for key, value in listed[0].items() if key != "annotations"}
    index = {"schemaVersion": 2, "mediaType": f"{MEDIA}index.v1+json", "manifests": [first, second]}
    entry = layout._blob(json.dumps(index).encode(), "index.v1+json")
    digest = layout._enter(entry, "both")
    assert (blobs / digest.removeprefix("sha256:")).exists()
    image = f"oci:{layout.folder}:both"
    gated(yard, image)
    assert push(yard, image, "whole/server:v1")[0] == 0
    assert digest_of(yard, "whole/server", listed[1]["digest"]) == listed[1]["digest"]


@pytest.mark.parametrize(
    ("image", "destination", "verdict", "part"),
    [
        ("registry.example.com/a/b:v1", "HOST/a/b", "verdict.json", "lies in a registry already"),
        ("oci:LAYOUT:v1", "oci:there", "verdict.json", "is no registry"),
        ("oci:LAYOUT:v1", "HOST/a/b", "none.json", "the verdict `none.json`"),
        ("oci:LAYOUT:v1", "HOST/a/b", "other.json", "is no verdict as"),
        ("oci:LAYOUT:v1", "HOST/a/b", "broken.json", "broken.json"),
        ("oci:LAYOUT:v1", f"HOST/a/b@sha256:{'0a' * 32}", "verdict.json", "names another digest"),
    ],
)
def test_what_cannot_be_pushed_is_an_error(  # noqa: PLR0913, PLR0917 - one for each column
    yard: Yard, layout: Layout, here: Path, image: str, destination: str, verdict: str, part: str
) -> None:
    layout.add(CLEAN)
    (here / "other.json").write_text("{}")
    (here / "broken.json").write_text("{")
    to = destination.replace("HOST", yard.lab.host)
    named = image.replace("LAYOUT", str(layout.folder))
    ended = yard.ours("push", named, to, "--verdict", verdict)
    assert (ended.code, part in ended.text) == (2, True), ended.text


def test_nothing_is_mounted_from_another_registry(yard: Yard, layout: Layout) -> None:
    layout.add(CLEAN)
    words = ("--verdict", "v.json", "--mount-from", "registry.example.com/a/b")
    ended = yard.ours("push", f"oci:{layout.folder}:v1", f"{yard.lab.host}/a/b", *words)
    assert (ended.code, "in another registry" in ended.text) == (2, True)


def test_a_layout_that_is_none_is_incomplete(yard: Yard) -> None:
    ended = yard.ours("push", "oci:nowhere", f"{yard.lab.host}/a/b", "--verdict", "v.json")
    assert (ended.code, "there is no folder" in ended.text) == (3, True)


def test_a_tag_that_moves_is_told(yard: Yard, layout: Layout) -> None:
    before = layout.add(OTHER, "v0")
    layout.add(CLEAN, "v1")
    report: dict[str, Any] = {}
    for tag in ("v0", "v1"):
        image = f"oci:{layout.folder}:{tag}"
        gated(yard, image)
        code, report = push(yard, image, "moved/server")
        assert code == 0
    assert evidence(report)["tag before"] == before
