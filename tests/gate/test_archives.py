"""Archives with two lists of what they hold, or with one that can be read in two ways."""

from __future__ import annotations

import gzip
import json
import tarfile
from typing import TYPE_CHECKING, Any

from imagelint.testing.archives import Tar
from imagelint.testing.images import Image, Layout, alpine, python_package
from tests.gate.attack import Ended, Outcome, Said, attack

if TYPE_CHECKING:
    from tests.gate.conftest import Yard

TITLE = "What is in an archive"
CLEAN = Image((alpine(("openssl", "3.1.9-r0")),))
HIDDEN = Image((alpine(("openssl", "3.1.9-r0")), python_package("vllm", "0.8.0")))
LOADED = Said("trivy image", 42, told="`CVE-2099-0002`: that image is the one which docker loads")


class Both(Layout):
    """A layout, with which archives are made that docker reads as well."""

    def docker(self, archive: Tar, image: Image, folder: str) -> dict[str, Any]:
        """Put an image into an archive as docker writes it, and give its entry of the list."""
        manifest = json.loads(self._data(self._manifest(image)["digest"]))
        config, layers = f"{folder}.json", []
        archive.file(config, self._data(manifest["config"]["digest"]))
        for number, layer in enumerate(manifest["layers"]):
            layers.append(f"{folder}/{number}/layer.tar")
            archive.file(layers[-1], gzip.decompress(self._data(layer["digest"])))
        return {"Config": config, "RepoTags": ["app:v1"], "Layers": layers}

    def files(self, archive: Tar) -> None:
        """Put the layout itself into an archive."""
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            archive.file(path.relative_to(self.folder).as_posix(), path.read_bytes())

    def _data(self, digest: str) -> bytes:
        return (self.folder / "blobs" / digest.replace(":", "/")).read_bytes()


def _outcome(yard: Yard, archive: Tar) -> Outcome:
    path = yard.folder / "image.tar"
    path.write_bytes(archive.bytes())
    flags = ("--skip-db-update", "--offline-scan", "--skip-version-check", "--exit-code", "42")
    cache = ("--cache-dir", str(yard.lab.cache), "--cache-backend", "memory")
    bare = yard.bare("trivy", "image", "--quiet", *flags, *cache, "--input", str(path))
    words = ("--policy", "strict", "--fail-on", "high", "--offline")
    ours = yard.ours("scan", str(path), *words, "--trivy-cache", str(yard.lab.cache))
    return Outcome(Ended(ours.code, " ".join(ours.text.split())), bare)


def _listed(archive: Tar, *entries: dict[str, Any]) -> Tar:
    return archive.file("manifest.json", json.dumps(entries).encode())


@attack(
    "An archive names a clean image in `index.json`, and a vulnerable one in docker's list",
    bare=LOADED,
    ours=Said("scan", 3, "names another image than its index.json", "incomplete"),
)
def test_two_lists_name_one_image(yard: Yard) -> Outcome:
    made, archive = Both(yard.folder / "layout"), Tar()
    made.add(CLEAN)
    entry = made.docker(archive, HIDDEN, "other")
    made.files(archive)
    return _outcome(yard, _listed(archive, entry))


@attack(
    "Docker's list names a clean image under `Config` and `Layers`, and a vulnerable one under"
    " `config` and `layers`: programs in Go take the last",
    bare=LOADED,
    ours=Said("scan", 3, "has `config` twice", "incomplete"),
)
def test_docker_s_list_cannot_be_read_in_two_ways(yard: Yard) -> Outcome:
    made, archive = Both(yard.folder / "layout"), Tar()
    clean, hidden = made.docker(archive, CLEAN, "a"), made.docker(archive, HIDDEN, "b")
    entry = {**clean, "config": hidden["Config"], "layers": hidden["Layers"]}
    return _outcome(yard, _listed(archive, entry))


@attack(
    "An archive has two lists under one name: docker takes the last",
    bare=Said("trivy image", 0, told="nothing found"),
    ours=Said("scan", 3, "has `manifest.json` twice", "incomplete"),
)
def test_a_list_stands_once(yard: Yard) -> Outcome:
    made, archive = Both(yard.folder / "layout"), Tar()
    clean, hidden = made.docker(archive, CLEAN, "a"), made.docker(archive, HIDDEN, "b")
    return _outcome(yard, _listed(_listed(archive, clean), hidden))


@attack(
    "Docker's list is a link to another file, beside an `index.json` of a clean image",
    bare=LOADED,
    ours=Said("scan", 3, "manifest.json of the archive is a link", "incomplete"),
)
def test_a_list_is_no_link(yard: Yard) -> Outcome:
    made, archive = Both(yard.folder / "layout"), Tar()
    made.add(CLEAN)
    entry = made.docker(archive, HIDDEN, "other")
    made.files(archive)
    archive.file("other-list.json", json.dumps([entry]).encode())
    return _outcome(yard, archive.entry("manifest.json", tarfile.SYMTYPE, "other-list.json"))


def _parts(yard: Yard, image: Image, folder: str) -> tuple[bytes, list[bytes]]:
    """The configuration of an image, and its layers."""
    layout = Both(yard.folder / folder)
    layout.add(image)
    blobs = layout.folder / "blobs" / "sha256"
    index = json.loads((layout.folder / "index.json").read_bytes())

    def read(digest: str) -> bytes:
        return (blobs / digest.removeprefix("sha256:")).read_bytes()

    manifest = json.loads(read(index["manifests"][0]["digest"]))
    layers = [gzip.decompress(read(layer["digest"])) for layer in manifest["layers"]]
    return read(manifest["config"]["digest"]), layers


NAMES = ("config.json", "0.tar", "1.tar")


def _scanned(yard: Yard, archive: Tar) -> Outcome:
    entry = {"Config": NAMES[0], "RepoTags": ["app:v1"], "Layers": NAMES[1:]}
    return Outcome(_outcome(yard, _listed(archive, entry)).ours)


def _files(archive: Tar, names: tuple[str, ...], parts: tuple[bytes, list[bytes]]) -> Tar:
    for name, data in zip(names, (parts[0], *parts[1]), strict=True):
        archive.file(name, data)
    return archive


TWO = Image((alpine(("openssl", "3.1.9-r0")), {"app": "clean"}))
VULNERABLE = Said("scan", 1, "CVE-2099-0002", "`vulnerable-package`")


@attack("Behind the files of a clean image come links of their names to others", ours=VULNERABLE)
def test_a_link_takes_the_place_of_a_file(yard: Yard) -> Outcome:
    archive = _files(Tar(), NAMES, _parts(yard, TWO, "clean"))
    _files(archive, ("a", "b", "c"), _parts(yard, HIDDEN, "hidden"))
    for name, target in zip(NAMES, ("a", "b", "c"), strict=True):
        archive.entry(name, tarfile.SYMTYPE, target)
    return _scanned(yard, archive)


@attack("Hard links lead to files that are replaced by those of a clean image", ours=VULNERABLE)
def test_a_hard_link_stays_with_its_file(yard: Yard) -> Outcome:
    archive = _files(Tar(), ("a", "b", "c"), _parts(yard, HIDDEN, "hidden"))
    for name, target in zip(NAMES, ("a", "b", "c"), strict=True):
        archive.entry(name, tarfile.LNKTYPE, target)
    return _scanned(yard, _files(archive, ("a", "b", "c"), _parts(yard, TWO, "clean")))


@attack(
    "Files are put in the place of others by way of a folder that is a link",
    ours=Said("scan", 3, "as a link, or behind one", "incomplete"),
)
def test_nothing_lies_behind_a_link(yard: Yard) -> Outcome:
    archive = _files(Tar(), NAMES, _parts(yard, TWO, "clean")).entry("d", tarfile.SYMTYPE, ".")
    through = tuple(f"d/{name}" for name in NAMES)
    return _scanned(yard, _files(archive, through, _parts(yard, HIDDEN, "hidden")))


def test_a_file_takes_the_place_of_a_link(yard: Yard) -> None:
    archive = _files(Tar(), ("a", "b", "c"), _parts(yard, TWO, "clean"))
    for name, target in zip(NAMES, ("a", "b", "c"), strict=True):
        archive.entry(name, tarfile.SYMTYPE, target)
    ended = _scanned(yard, _files(archive, NAMES, _parts(yard, HIDDEN, "hidden"))).ours
    assert "CVE-2099-0002" in ended.text, ended.text
