"""What is in the image: layers that are called by other names, changed, or of other platforms."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.collect.registry import store
from imagelint.testing.images import Image, Layout, alpine, python_package
from tests.gate.attack import Outcome, Said, attack
from tools.lab.signing import pull, push

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.gate.conftest import Yard

TITLE = "What is in the image"
CLEAN = alpine(("openssl", "3.1.9-r0"))
VULNERABLE = python_package("vllm", "0.8.0")
TRIVY = Said("trivy image", 0, told="nothing found")


class Forged(Layout):
    """A layout of images whose configurations call the layers by other names."""

    def forge(self, image: Image, names: Callable[[list[str]], list[str]]) -> str:
        manifest = self._read(str(self._manifest(image)["digest"]))
        config = self._read(manifest["config"]["digest"])
        config["rootfs"]["diff_ids"] = names(config["rootfs"]["diff_ids"])
        manifest["config"] = self._blob(json.dumps(config).encode(), "config.v1+json")
        return self._enter(self._blob(json.dumps(manifest).encode(), "manifest.v1+json"), "v1")

    def names(self, image: Image) -> list[str]:
        manifest = self._read(str(self._manifest(image)["digest"]))
        found: list[str] = self._read(manifest["config"]["digest"])["rootfs"]["diff_ids"]
        return found

    def _read(self, digest: str) -> dict[str, Any]:
        path = self.folder / "blobs" / digest.replace(":", "/")
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found


def _scan(yard: Yard) -> tuple[str, ...]:
    return ("--policy", "strict", "--fail-on", "high", "--offline", "--trivy-cache", _cache(yard))


def _cache(yard: Yard) -> str:
    return str(yard.lab.cache)


def _trivy(yard: Yard, *words: str) -> tuple[str, ...]:
    """Trivy's own command line, with its own cache of layers."""
    flags = ("--skip-db-update", "--offline-scan", "--skip-version-check", "--exit-code", "42")
    cache = ("--cache-dir", str(yard.folder / "trivy"))
    return ("trivy", "image", "--quiet", *flags, *cache, *words)


@pytest.fixture
def own_cache(yard: Yard) -> None:
    (yard.folder / "trivy").mkdir()
    (yard.folder / "trivy" / "db").symlink_to(yard.lab.cache / "db")


@attack(
    "Another image, scanned before, said that its harmless layers are those of this one",
    bare=TRIVY,
    ours=Said("scan", 1, "CVE-2099-0002", "`vulnerable-package`"),
)
def test_what_another_image_said_about_its_layers_is_not_believed(
    yard: Yard, own_cache: None
) -> Outcome:
    victim = Image((CLEAN, VULNERABLE))
    made = Forged(yard.folder / "victim")
    made.add(victim)
    poison = Forged(yard.folder / "poison")
    poison.forge(Image((CLEAN, {"harmless": "x"})), lambda _: made.names(victim))
    yard.bare(*_trivy(yard, "--input", str(yard.folder / "poison")))
    bare = yard.bare(*_trivy(yard, "--input", str(yard.folder / "victim")))
    yard.ours("scan", f"oci:{yard.folder / 'poison'}", *_scan(yard))
    return Outcome(yard.ours("scan", f"oci:{yard.folder / 'victim'}", *_scan(yard)), bare)


@attack(
    "The configuration calls a vulnerable layer by the name of a harmless one",
    bare=TRIVY,
    ours=Said("scan", 3, "gives one name to several layers", "incomplete"),
)
def test_one_name_for_two_layers_is_a_contradiction(yard: Yard, own_cache: None) -> Outcome:
    made = Forged(yard.folder / "image")
    made.forge(Image((CLEAN, VULNERABLE)), lambda names: [names[0], names[0]])
    bare = yard.bare(*_trivy(yard, "--input", str(made.folder)))
    return Outcome(yard.ours("scan", f"oci:{made.folder}", *_scan(yard)), bare)


@attack(
    "The same, in a registry",
    bare=TRIVY,
    ours=Said("scan", 3, "gives one name to several layers", "incomplete"),
)
def test_one_name_for_two_layers_is_a_contradiction_in_a_registry(
    yard: Yard, own_cache: None
) -> Outcome:
    made = Forged(yard.folder / "image")
    made.forge(Image((CLEAN, VULNERABLE)), lambda names: [names[0], names[0]])
    name = f"{yard.lab.host}/gate/one-name:v1"
    push(made.folder, "v1", name)
    bare = yard.bare(*_trivy(yard, "--image-src", "remote", name))
    return Outcome(yard.ours("scan", name, *_scan(yard)), bare)


@attack(
    "The configuration names no layer at all",
    bare=TRIVY,
    ours=Said("scan", 3, "its manifest lists 2 layers, its configuration 0", "incomplete"),
)
def test_layers_without_names_are_a_contradiction(yard: Yard, own_cache: None) -> Outcome:
    made = Forged(yard.folder / "image")
    made.forge(Image((CLEAN, VULNERABLE)), lambda _: [])
    bare = yard.bare(*_trivy(yard, "--input", str(made.folder)))
    return Outcome(yard.ours("scan", f"oci:{made.folder}", *_scan(yard)), bare)


def _signed_layout(yard: Yard, name: str) -> tuple[Path, Image, str]:
    """A vulnerable image in a layout, with its signature."""
    image = Image((CLEAN, {**VULNERABLE, "name": name}))
    reference = yard.signed(name, image)
    folder = yard.folder / "pulled"
    pull(reference, folder, "v1")
    return folder, image, reference


def _layer(folder: Path, at: int) -> Path:
    """The file of a layer of the only image."""
    for path in (folder / "blobs" / "sha256").iterdir():
        data = path.read_bytes()
        if b'"layers"' in data and b"image.config" in data:
            digest: str = json.loads(data)["layers"][at]["digest"]
            return folder / "blobs" / digest.replace(":", "/")
    raise AssertionError(folder)


def _gate(yard: Yard, folder: Path) -> tuple[str, ...]:
    key = str(yard.lab.keys / "build.pub")
    return (f"oci:{folder}:v1", *_scan(yard), "--key", key, "--no-transparency-log")


@attack(
    "The layers of a signed layout were emptied",
    bare=TRIVY,
    ours=Said("gate", 3, "not 10 as its manifest says", "incomplete"),
)
def test_an_emptied_layer_is_no_layer(yard: Yard, own_cache: None) -> Outcome:
    folder, _, _ = _signed_layout(yard, "emptied")
    path = _layer(folder, 1)
    size = path.stat().st_size
    path.write_bytes(gzip.compress(b"\0" * 1024))
    bare = yard.bare(*_trivy(yard, "--input", str(folder)))
    ours = yard.ours("gate", *_gate(yard, folder))
    return Outcome(ours._replace(text=ours.text.replace(f"not {size}", "not 10")), bare)


@attack(
    "A layer of a signed layout was replaced by another of the same size",
    bare=TRIVY,
    ours=Said("gate", 3, "does not have that digest: it was changed", "incomplete"),
)
def test_a_replaced_layer_is_no_layer(yard: Yard, own_cache: None) -> Outcome:
    folder, _, _ = _signed_layout(yard, "replaced")
    path = _layer(folder, 1)
    empty = gzip.compress(b"\0" * 1024)
    room = path.stat().st_size - len(empty)
    assert room > 10
    head = empty[:3] + b"\x08" + empty[4:10] + b"c" * (room - 1) + b"\0"  # with a name in its head
    path.write_bytes(head + empty[10:])
    bare = yard.bare(*_trivy(yard, "--input", str(folder)))
    return Outcome(yard.ours("gate", *_gate(yard, folder)), bare)


@pytest.mark.parametrize("copied", [0, store.COPIED])
def test_a_layer_cannot_be_swapped_during_the_run(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, copied: int
) -> None:
    """Right after it was checked, the layer of the layout is replaced by an empty one."""
    monkeypatch.setattr(store, "COPIED", copied)
    folder, _, _ = _signed_layout(yard, f"swapped-{copied}")
    path = _layer(folder, 1)
    admit = store.BlobStore.add

    def add(self: store.BlobStore, *arguments: Any) -> Any:
        problem = admit(self, *arguments)
        other = path.with_suffix(".new")
        other.write_bytes(gzip.compress(b"\0" * 1024))
        other.replace(path)
        return problem

    monkeypatch.setattr(store.BlobStore, "add", add)
    answer = yard.ours("gate", *_gate(yard, folder))
    # Renaming marks the file that is held as changed in some file systems; it never is a pass.
    assert answer.code in {1, 3}, answer.text
    assert "CVE-2099-0002" in answer.text or "was changed" in answer.text


def test_a_layer_cannot_be_written_to_during_the_run(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "COPIED", 0)
    folder, _, _ = _signed_layout(yard, "written-to")
    path = _layer(folder, 1)
    admit = store.BlobStore.add

    def add(self: store.BlobStore, *arguments: Any) -> Any:
        problem = admit(self, *arguments)
        with path.open("r+b") as file:
            file.write(b"x")
        return problem

    monkeypatch.setattr(store.BlobStore, "add", add)
    answer = yard.ours("gate", *_gate(yard, folder))
    assert answer.code == 3, answer.text


@attack(
    "Only the image for another platform is vulnerable, under the same digest",
    bare=TRIVY,
    ours=Said("gate", 1, "linux/arm64: usr/lib/python3.11", "`vulnerable-package` on linux/arm64"),
)
def test_every_platform_is_looked_at(yard: Yard, own_cache: None) -> Outcome:
    clean = Image((CLEAN,))
    made = Layout(yard.folder / "several")
    digest = made.add_index([clean, Image((CLEAN, VULNERABLE), architecture="arm64")])
    name = f"{yard.lab.host}/gate/several"
    push(made.folder, "v1", f"{name}:v1")
    yard.lab.signing.sign(f"{name}@{digest}", "build")
    key = ("--key", str(yard.lab.keys / "build.pub"), "--no-transparency-log")
    bare = yard.bare(*_trivy(yard, "--image-src", "remote", f"{name}:v1"))
    ours = yard.ours("gate", f"{name}:v1", *_scan(yard), *key)
    assert "image for linux/amd64 sha256:" in " ".join(ours.text.split())
    amd64 = yard.ours("gate", f"{name}:v1", *_scan(yard), *key, "--platform", "linux/amd64")
    assert amd64.code == 0, amd64.text
    return Outcome(ours, bare)


@attack(
    "An index calls its vulnerable image an attestation",
    bare=TRIVY,
    ours=Said("scan", 1, "CVE-2099-0002", "`vulnerable-package`"),
)
def test_an_image_cannot_call_itself_something_else(yard: Yard, own_cache: None) -> Outcome:
    made = Forged(yard.folder / "hidden")
    clean, hidden = (
        made._manifest(image)
        for image in (Image((CLEAN,)), Image((CLEAN, VULNERABLE), architecture="arm64"))
    )
    annotations = {"vnd.docker.reference.type": "attestation-manifest"}
    index = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [clean, {**hidden, "annotations": annotations}],
    }
    made._enter(made._blob(json.dumps(index).encode(), "index.v1+json"), "v1")
    name = f"{yard.lab.host}/gate/hidden:v1"
    push(made.folder, "v1", name)
    bare = yard.bare(*_trivy(yard, "--image-src", "remote", name))
    return Outcome(yard.ours("scan", name, *_scan(yard)), bare)


@attack(
    "The platform that is asked for is not that of the image",
    bare=TRIVY,
    ours=Said("gate --platform linux/arm64", 3, "has no image for linux/arm64", "incomplete"),
)
def test_a_platform_that_is_not_there_does_not_pass(yard: Yard, own_cache: None) -> Outcome:
    reference = yard.signed("only-amd64", Image((CLEAN, {"name": "only-amd64"})))
    key = ("--key", str(yard.lab.keys / "build.pub"), "--no-transparency-log")
    platform = ("--platform", "linux/arm64")
    bare = yard.bare(*_trivy(yard, "--image-src", "remote", *platform, reference))
    return Outcome(yard.ours("gate", reference, *_scan(yard), *key, *platform), bare)


@attack(
    "An index lists its images under `manifests` and others under `Manifests`: programs in Go, as"
    " engines are, take the last",
    bare=Said("trivy image", 42, told="`CVE-2099-0002`: that image is the one which runs"),
    ours=Said("scan", 3, "in a form that readers understand differently", "incomplete"),
)
def test_an_index_cannot_be_read_in_two_ways(yard: Yard, own_cache: None) -> Outcome:
    made = Forged(yard.folder / "twice")
    clean, hidden = (
        made._manifest(image) for image in (Image((CLEAN,)), Image((CLEAN, VULNERABLE)))
    )
    index = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [clean],
        "Manifests": [hidden],
    }
    digest = made._enter(made._blob(json.dumps(index).encode(), "index.v1+json"), "v1")
    bare = yard.bare(*_trivy(yard, "--input", f"{made.folder}@{digest}"))
    return Outcome(yard.ours("scan", f"oci:{made.folder}", *_scan(yard)), bare)


@attack(
    "An image hides in an index as something without a platform",
    bare=TRIVY,
    ours=Said("scan", 1, "CVE-2099-0002", "`vulnerable-package`"),
)
def test_an_image_without_a_platform_is_one(yard: Yard, own_cache: None) -> Outcome:
    made = Forged(yard.folder / "nameless")
    clean, hidden = (
        made._manifest(image) for image in (Image((CLEAN,)), Image((CLEAN, VULNERABLE)))
    )
    del hidden["platform"]
    index = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [clean, {**hidden, "artifactType": "text/plain"}],
    }
    digest = made._enter(made._blob(json.dumps(index).encode(), "index.v1+json"), "v1")
    bare = yard.bare(*_trivy(yard, "--input", f"{made.folder}@{digest}"))
    return Outcome(yard.ours("scan", f"oci:{made.folder}", *_scan(yard)), bare)


@attack(
    "The list of a layout names its image under `digest` and another under `Digest`",
    bare=Said("trivy image", 42, told="`CVE-2099-0002`: that image is the one which is copied"),
    ours=Said("scan", 3, "in a form that readers understand differently", "incomplete"),
)
def test_the_list_of_a_layout_cannot_be_read_in_two_ways(yard: Yard, own_cache: None) -> Outcome:
    made = Forged(yard.folder / "listed")
    made.add(Image((CLEAN,)))
    hidden = made._manifest(Image((CLEAN, VULNERABLE)))
    path = made.folder / "index.json"
    index = json.loads(path.read_text(encoding="utf-8"))
    (entry,) = index["manifests"]
    index["manifests"] = [{**entry, "Digest": hidden["digest"], "Size": hidden["size"]}]
    path.write_text(json.dumps(index), encoding="utf-8")
    bare = yard.bare(*_trivy(yard, "--input", str(made.folder)))
    return Outcome(yard.ours("scan", f"oci:{made.folder}", *_scan(yard)), bare)


@attack(
    "A vulnerable image is listed for `linux/x86_64`, before the clean one for `linux/amd64`: they"
    " are one platform to containerd, which takes the first",
    bare=TRIVY,
    ours=Said("scan --platform linux/amd64", 1, "CVE-2099-0002", "`vulnerable-package`"),
)
def test_a_platform_has_one_name(yard: Yard, own_cache: None) -> Outcome:
    made = Forged(yard.folder / "alias")
    hidden, clean = (
        made._manifest(image) for image in (Image((CLEAN, VULNERABLE)), Image((CLEAN,)))
    )
    hidden["platform"] = {"os": "linux", "architecture": "x86_64"}
    index = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [hidden, clean],
    }
    made._enter(made._blob(json.dumps(index).encode(), "index.v1+json"), "v1")
    name = f"{yard.lab.host}/gate/alias:v1"
    push(made.folder, "v1", name)
    platform = ("--platform", "linux/amd64")
    bare = yard.bare(*_trivy(yard, "--image-src", "remote", *platform, name))
    return Outcome(yard.ours("scan", name, *_scan(yard), *platform), bare)
