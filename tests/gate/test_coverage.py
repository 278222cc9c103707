"""What the scanner did not look at, and what it says though it is not so."""

from __future__ import annotations

import json
import shutil
import sys
import tarfile
from typing import TYPE_CHECKING

import pytest

from imagelint.testing.archives import Tar
from imagelint.testing.database import write_database
from imagelint.testing.images import Image, Layout, alpine, debian, python_package
from tests.gate.attack import Ended, Outcome, Said, attack

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.gate.conftest import Yard

TITLE = "What the scanner saw"
NOTHING = Said("trivy image", 0, told="nothing found")
OLD = ("openssl", "3.1.4-r0")
CLEAN = alpine(("openssl", "3.1.9-r0"))
MAINTAINER = "Debian <x@lists.debian.org>"
DEBIAN = debian(("openssl", "3.0.11-1", MAINTAINER))
METADATA = "Metadata-Version: 2.1\nName: vllm\n"
CONDA = {"opt/conda/conda-meta/pytorch-2.5.0-py.json": '{"name": "pytorch", "version": "2.5.0"}'}


def _outcome(yard: Yard, files: Mapping[str, str], cache: Path | None = None) -> Outcome:
    """Both scan an image with these files."""
    folder = yard.folder / "image"
    Layout(folder).add(Image((files,)))
    database = str(cache or yard.lab.cache)
    flags = ("--skip-db-update", "--offline-scan", "--skip-version-check", "--exit-code", "42")
    bare = yard.bare(
        *("trivy", "image", "--quiet", *flags, "--cache-dir", database),
        *("--cache-backend", "memory", "--input", str(folder)),
    )
    return Outcome(_ours(yard, folder, database), bare)


def _ours(yard: Yard, folder: Path, database: str) -> Ended:
    words = ("--policy", "strict", "--offline", "--trivy-cache", database, "--fail-on", "low")
    return yard.ours("scan", f"oci:{folder}", *words)


@attack(
    "The system is called by a name that nobody knows",
    bare=NOTHING,
    ours=Said("scan", 1, "high[unscanned-packages]", "`unscanned-packages`, high"),
)
def test_an_unknown_system_is_told(yard: Yard) -> Outcome:
    system = {"etc/os-release": "ID=mine\nVERSION_ID=1\n"}
    return _outcome(yard, {"lib/apk/db/installed": alpine(OLD)["lib/apk/db/installed"], **system})


@attack(
    "The name of the system was removed",
    bare=NOTHING,
    ours=Said("scan", 1, "high[unscanned-packages]", "`unscanned-packages`, high"),
)
def test_a_system_without_a_name_is_told(yard: Yard) -> Outcome:
    return _outcome(yard, {"var/lib/dpkg/status": DEBIAN["var/lib/dpkg/status"]})


@attack(
    "The list of installed packages was removed",
    bare=NOTHING,
    ours=Said("scan", 1, "without a single package", "`unscanned-packages`"),
)
def test_a_system_without_packages_is_told(yard: Yard) -> Outcome:
    listed = {path: text for path, text in DEBIAN.items() if path != "var/lib/dpkg/status"}
    return _outcome(yard, listed)


@attack(
    "The list of packages is broken, and the system one about which the scanner then says nothing",
    bare=NOTHING,
    ours=Said("scan", 1, "without a single package", "`unscanned-packages`"),
)
def test_a_list_that_cannot_be_read_is_told(yard: Yard) -> Outcome:
    system = {"etc/os-release": 'ID="fedora"\nVERSION_ID="40"\n'}
    return _outcome(yard, {**system, "usr/lib/sysimage/rpm/rpmdb.sqlite": "no database"})


@attack(
    "The release is one for which the database has no advisories",
    bare=NOTHING,
    ours=Said("scan", 1, "has no advisories for alpine 3.99.1", "`unscanned-packages`, high"),
)
def test_an_unknown_release_is_told(yard: Yard) -> Outcome:
    future = {path: text.replace("3.22", "3.99") for path, text in alpine(OLD).items()}
    return _outcome(yard, future)


@attack(
    "The packages are in the base environment of conda",
    bare=NOTHING,
    ours=Said("scan", 1, "conda installed them: 1 package (pytorch 2.5.0)", "`unscanned-packages`"),
)
def test_the_base_environment_of_conda_is_told(yard: Yard) -> Outcome:
    return _outcome(yard, {**CLEAN, **CONDA})


@attack(
    "A Python package does not say which version it is",
    bare=NOTHING,
    ours=Said("scan", 1, "vllm-0.8.dist-info/METADATA", "`unscanned-packages`"),
)
def test_a_package_without_a_version_is_told(yard: Yard) -> Outcome:
    path = "usr/lib/python3.11/site-packages/vllm-0.8.dist-info/METADATA"
    return _outcome(yard, {**CLEAN, path: METADATA})


@attack(
    "The vulnerability database is valid, new, and empty",
    bare=NOTHING,
    ours=Said("scan", 1, "the vulnerability database is empty", "`unscanned-packages`, high"),
)
def test_an_empty_database_is_told(yard: Yard) -> Outcome:
    write_database(yard.folder / "empty", age_hours=1, tree={"vulnerability": {}})
    return _outcome(yard, alpine(OLD), yard.folder / "empty")


def _judged(yard: Yard, *layers: bytes) -> Outcome:
    """Both look at an image of these layers, imagelint into the layers as well."""
    folder = yard.folder / "image"
    Raw(folder).put(*layers)
    flags = ("--skip-db-update", "--offline-scan", "--skip-version-check", "--exit-code", "42")
    cache = ("--cache-dir", str(yard.lab.cache), "--cache-backend", "memory")
    bare = yard.bare("trivy", "image", "--quiet", *flags, *cache, "--input", str(folder))
    return Outcome(yard.ours("image", f"oci:{folder}", "--policy", "strict"), bare)


class Raw(Layout):
    """A layout of layers that no library writes."""

    def put(self, *layers: bytes) -> None:
        config = self._manifest(Image(({},) * len(layers)))
        manifest = json.loads(self._data(config["digest"]))
        config = json.loads(self._data(manifest["config"]["digest"]))
        blobs = [self._blob(layer, "layer.v1.tar") for layer in layers]
        config["rootfs"]["diff_ids"] = [blob["digest"] for blob in blobs]
        manifest["layers"] = blobs
        manifest["config"] = self._blob(json.dumps(config).encode(), "config.v1+json")
        self._enter(self._blob(json.dumps(manifest).encode(), "manifest.v1+json"), "v1")

    def _data(self, digest: str) -> bytes:
        return (self.folder / "blobs" / digest.replace(":", "/")).read_bytes()


def _tar(files: Mapping[str, str]) -> Tar:
    archive = Tar()
    for path, text in files.items():
        archive.file(path, text.encode())
    return archive


VLLM = python_package("vllm", "0.8.0")
PLACE, TEXT = next(iter(VLLM.items()))


@attack(
    "A package is installed by hard links to a cache, which a later layer removes",
    bare=NOTHING,
    ours=Said("image", 1, "do not know of 1 Python package", "`unscanned-packages`"),
)
def test_a_package_of_links_is_told(yard: Yard) -> Outcome:
    cached = f"root/.cache/uv/archive-v0/a/{PLACE.split('/', 4)[-1]}"
    system = _tar(CLEAN).file(cached, TEXT.encode()).entry(PLACE, tarfile.LNKTYPE, cached)
    return _judged(yard, system.bytes(), Tar().file("root/.cache/.wh.uv").bytes())


@attack(
    "A whiteout that names nothing lies in a folder of packages: engines refuse it or pass it over",
    bare=NOTHING,
    ours=Said("image", 1, "a whiteout without a name", "`odd-layer-entry`"),
)
def test_a_whiteout_without_a_name_is_told(yard: Yard) -> Outcome:
    files = _tar({**CLEAN, **VLLM}).bytes()
    return _judged(yard, files, Tar().file("usr/lib/.wh.").bytes())


@attack(
    "A package's file is of a kind that a scanner passes over",
    bare=NOTHING,
    ours=Said("image", 1, "is of a kind that scanners pass over", "`odd-layer-entry`"),
)
def test_an_entry_of_a_kind_that_nobody_reads_is_told(yard: Yard) -> Outcome:
    return _judged(yard, _tar(CLEAN).entry(PLACE, b"7").bytes())


@attack(
    "A second archive stands behind the end of a layer",
    bare=NOTHING,
    ours=Said("image", 1, "goes on behind its end", "`odd-layer-entry`"),
)
def test_what_stands_behind_the_end_of_a_layer_is_told(yard: Yard) -> Outcome:
    return _judged(yard, _tar(CLEAN).bytes() + _tar(VLLM).bytes())


# A scanner that lies: the real one, and its answer changed on the way


LIES = {
    "an answer that lists nothing": (
        'report["Results"] = []',
        "says that it found something, its report lists 0 vulnerabilities",
    ),
    "an answer of another shape": (
        'report["Results"] = {str(at): one for at, one in enumerate(report["Results"])}',
        "`Results` in Trivy's report is no list",
    ),
    "vulnerabilities without a name": (
        '[one.pop("VulnerabilityID") for one in report["Results"][1]["Vulnerabilities"]]',
        "has no `VulnerabilityID`",
    ),
    "an answer that does not say about which image it is": (
        'del report["Metadata"]["ImageID"]',
        "Trivy scanned an image that it does not name",
    ),
    "an answer about another image": (
        'report["Metadata"]["ImageID"] = "sha256:" + "0" * 64',
        "Trivy scanned sha256:000",
    ),
    "an answer without the last layer": (
        'report["Metadata"]["Layers"].pop()',
        "Trivy scanned 0 layers that are not the image's 1",
    ),
    "an answer that says that nothing was found": (
        "code = 0",
        "says that it found nothing, its report lists",
    ),
}
LIAR = """#!{python}
import json, subprocess, sys
done = subprocess.run([{trivy!r}, *sys.argv[1:]], stdout=subprocess.PIPE)
code, text = done.returncode, done.stdout
if code == 42:
    report = json.loads(text)
    {lie}
    text = json.dumps(report).encode()
sys.stdout.buffer.write(text)
sys.exit(code)
"""


@pytest.mark.parametrize("lie", LIES)
def test_an_answer_that_contradicts_itself_is_none(
    yard: Yard, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    change, words = LIES[lie]
    real = shutil.which("trivy")
    assert real is not None
    liar = yard.folder / "liar" / "trivy"
    liar.parent.mkdir()
    liar.write_text(LIAR.format(python=sys.executable, trivy=real, lie=change), encoding="utf-8")
    liar.chmod(0o755)
    folder = yard.folder / "image"
    Layout(folder).add(Image(({**CLEAN, **python_package("vllm", "0.8.0")},)))
    honest = _ours(yard, folder, str(yard.lab.cache))
    assert honest.code == 1
    monkeypatch.setenv("PATH", f"{liar.parent}:/usr/bin:/bin")
    answer = _ours(yard, folder, str(yard.lab.cache))
    assert answer.code == 3, answer.text
    assert words in answer.text
