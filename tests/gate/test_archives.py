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
