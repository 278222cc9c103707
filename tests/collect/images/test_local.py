"""Images in archives, as every tool writes them and as nobody should."""

from __future__ import annotations

import gzip
import json
import tarfile
from typing import TYPE_CHECKING

import pytest
import zstandard

from imagelint.collect.deadline import NEVER, Deadline
from imagelint.collect.images import unpack
from imagelint.collect.images.local import LocalImages
from imagelint.collect.images.names import LocalReference, is_local, parse_local_reference
from imagelint.core.errors import UsageError
from imagelint.core.report import Problem, ProblemKind
from imagelint.testing.archives import Tar, docker_archive, oci_archive
from imagelint.testing.images import Image, Layout

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.documents.image.image import ImageTarget

NAMES = {"oci-archive:": "", "docker-archive:": ":v1", "": ""}
IMAGE = Image(({"a": "1"}, {"b": "2"}), user="app")


def targets(text: str, platform: str = "") -> tuple[ImageTarget, ...] | Problem:
    with LocalImages(text, NEVER) as local:
        return local.resolve(platform)


def target(text: str) -> ImageTarget:
    found = targets(text)
    assert not isinstance(found, Problem), found
    (one,) = found
    return one


def problem(text: str) -> Problem:
    found = targets(text)
    assert isinstance(found, Problem)
    assert found.origin == text
    assert "imagelint-" not in found.detail
    return found


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    Layout(tmp_path / "layout").add(IMAGE)
    return tmp_path / "layout"


@pytest.mark.parametrize("packed", [bytes, gzip.compress, zstandard.compress])
def test_an_oci_archive_keeps_its_digest(tmp_path: Path, packed: type[bytes]) -> None:
    digest = Layout(tmp_path / "layout").add(IMAGE)
    file = tmp_path / "image.tar"
    file.write_bytes(packed(oci_archive(tmp_path / "layout")))
    found = [target(f"{scheme}{file}{end}") for scheme, end in NAMES.items()]
    assert {one.digest for one in found} == {digest}
    assert {one.config.user for one in found if one.config} == {"app"}
    assert not any(one.identity.computed for one in found)
    assert found[-1].identity.pinned == f"{file}@{digest}"


@pytest.mark.parametrize("linked", [False, True])
def test_an_archive_without_a_manifest_gets_one(
    tmp_path: Path,
    layout: Path,
    linked: bool,  # noqa: FBT001 - as the tool does it
) -> None:
    file = tmp_path / "saved.tar"
    file.write_bytes(docker_archive(layout, ("app:v1", "app:v2"), linked=linked))
    first, again = target(f"docker-archive:{file}"), target(f"docker-archive:{file}:app:v2")
    assert first.digest == again.digest
    assert first.identity.computed
    assert [layer.digest for layer in first.identity.layers] == [
        layer.diff_id for layer in first.identity.layers
    ]
    assert first.identity.platform == "linux/amd64"


def test_what_docker_writes_today_is_read_by_its_index(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "layout")
    digest = layout.add(IMAGE)
    _docker_list(layout, tmp_path / "image.tar", digest, "app:v1")
    assert target(f"docker-archive:{tmp_path}/image.tar").digest == digest


def _docker_list(layout: Layout, archive: Path, digest: str, *names: str) -> None:
    """An archive that has docker's list as well, of an image by its digest."""
    blobs = layout.folder / "blobs" / "sha256"
    config = json.loads((blobs / digest[7:]).read_bytes())["config"]["digest"]
    listed = {"Config": f"blobs/sha256/{config[7:]}", "RepoTags": [*names] or None, "Layers": []}
    (layout.folder / "manifest.json").write_text(json.dumps([listed]))
    archive.write_bytes(oci_archive(layout.folder))


def test_the_two_lists_of_an_archive_name_the_same_image(tmp_path: Path) -> None:
    layout, archive = Layout(tmp_path / "layout"), tmp_path / "image.tar"
    layout.add(IMAGE)
    other = layout.add(IMAGE._replace(user="0"), "v2")
    _docker_list(layout, archive, other, "app:v2")
    assert target(f"docker-archive:{archive}:v1").digest != other
    _docker_list(layout, archive, other, "app:v1")
    assert "names another image" in problem(f"docker-archive:{archive}:v1").detail
    unlisted = Layout(tmp_path / "unlisted")
    unlisted.add(IMAGE)
    hidden = str(unlisted._manifest(IMAGE._replace(user="0"))["digest"])
    _docker_list(unlisted, archive, hidden)
    assert "names another image" in problem(f"docker-archive:{archive}").detail
    (unlisted.folder / "manifest.json").unlink()
    (unlisted.folder / "manifest.json").symlink_to("x.json")
    linked = Tar().entry("manifest.json", tarfile.SYMTYPE, "x.json")
    for path in sorted(path for path in unlisted.folder.rglob("*") if path.is_file()):
        linked.file(path.relative_to(unlisted.folder).as_posix(), path.read_bytes())
    archive.write_bytes(linked.bytes())
    assert "is a link" in problem(f"docker-archive:{archive}").detail


@pytest.mark.parametrize("name", ["manifest.json", "./manifest.json", "/manifest.json"])
def test_a_list_of_images_stands_once_in_an_archive(layout: Path, name: str) -> None:
    """Some programs take the first, others the last."""
    archive = layout.parent / "image.tar"
    archive.write_bytes(Tar().file(name, b"[]").bytes()[:1024] + docker_archive(layout))
    found = problem(f"docker-archive:{archive}")
    assert "has `manifest.json` twice" in found.detail


def test_docker_s_list_is_read_as_docker_reads_it(layout: Path) -> None:
    archive = layout.parent / "image.tar"
    data = docker_archive(layout)
    archive.write_bytes(data.replace(b'"RepoTags"', b'"config"  '))
    assert "has `config` twice" in problem(f"docker-archive:{archive}").detail


def test_several_platforms_are_all_looked_at(tmp_path: Path) -> None:
    arm = IMAGE._replace(architecture="arm64")
    Layout(tmp_path / "layout").add_index((IMAGE, arm))
    (tmp_path / "image.tar").write_bytes(oci_archive(tmp_path / "layout"))
    found = targets(f"{tmp_path}/image.tar")
    assert not isinstance(found, Problem)
    assert [one.identity.platform for one in found] == ["linux/amd64", "linux/arm64"]
    only = targets(f"{tmp_path}/image.tar", "linux/arm64")
    assert not isinstance(only, Problem)
    assert [one.identity.platform for one in only] == ["linux/arm64"]


@pytest.mark.parametrize("choice", ["", ":nothing", f"@sha256:{'0' * 64}"])
def test_of_several_images_one_is_named(tmp_path: Path, choice: str) -> None:
    layout = Layout(tmp_path / "layout")
    layout.add(IMAGE)
    digest = layout.add(IMAGE._replace(user="other"), "v2")
    (tmp_path / "image.tar").write_bytes(oci_archive(tmp_path / "layout"))
    text = f"oci-archive:{tmp_path}/image.tar"
    with pytest.raises(UsageError) as error:
        targets(text + choice)
    assert f"{text}:v2" in error.value.complaints[0].help
    assert target(f"{text}:v2").digest == digest


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("docker-archive:a.tar", LocalReference("a.tar", scheme="docker-archive:")),
        ("docker-archive:a:b", LocalReference("a:b", scheme="docker-archive:")),
        ("docker-archive:is:app:v1", LocalReference("is", "app:v1", scheme="docker-archive:")),
        ("is:more.tar", LocalReference("is", "more.tar")),
        ("docker-daemon:a/b:1", LocalReference(name="a/b:1", scheme="docker-daemon:")),
        ("docker-daemon:1f2e3d", LocalReference(name="1f2e3d", scheme="docker-daemon:")),
    ],
)
def test_a_reference_is_taken_apart(
    text: str, reference: LocalReference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "is").touch()
    assert is_local(text)
    assert parse_local_reference(text) == reference


@pytest.mark.parametrize(
    "name", ["", "a/../b", "../../containers/x", "a b", "a?all=1", "a%2f..", "/a", "a/B", "a:b:c"]
)
def test_a_daemon_is_asked_for_names_of_images_alone(name: str) -> None:
    with pytest.raises(UsageError, match="names no image"):
        parse_local_reference(f"docker-daemon:{name}")


@pytest.mark.parametrize(
    ("name", "data", "kind", "said"),
    [
        ("no.tar", None, ProblemKind.NOT_FOUND, "there is no file"),
        ("empty.tar", b"", ProblemKind.UNPARSABLE, "neither an OCI archive nor"),
        ("text.tar", b"hello" * 200, ProblemKind.UNPARSABLE, "number that is none"),
        ("other.tar", Tar().file("x", b"1").bytes(), ProblemKind.UNPARSABLE, "neither an OCI"),
        ("cut.tar", Tar().file("x", b"1" * 999).bytes()[:900], ProblemKind.UNPARSABLE, "middle of"),
        ("bad.tar", Tar().file("index.json", b"[").bytes(), ProblemKind.UNPARSABLE, "ends too"),
        (
            "no-list.tar",
            Tar().file("index.json", b"{}").bytes(),
            ProblemKind.UNPARSABLE,
            "lists no",
        ),
        (
            "bad-name.tar",
            Tar().file("index.json", b'{"manifests":[{"digest":"../x"}]}').bytes(),
            ProblemKind.UNPARSABLE,
            "is not a digest",
        ),
        (
            "gone.tar",
            Tar()
            .file("index.json", b'{"manifests":[{"digest":"sha256:%s"}]}' % (b"0" * 64))
            .bytes(),
            ProblemKind.UNREADABLE,
            "the blob sha256:000",
        ),
        (
            "no-config.tar",
            Tar().file("manifest.json", b'[{"Config":"c","Layers":[]}]').bytes(),
            ProblemKind.UNPARSABLE,
            "has no `c`",
        ),
        (
            "no-layer.tar",
            Tar().file("c").file("manifest.json", b'[{"Config":"c","Layers":["l"]}]').bytes(),
            ProblemKind.UNPARSABLE,
            "has no `l`",
        ),
        (
            "circle.tar",
            Tar()
            .entry("c", tarfile.SYMTYPE, "d")
            .entry("d", tarfile.LNKTYPE, "c")
            .file("manifest.json", b'[{"Config":"c","Layers":[]}]')
            .bytes(),
            ProblemKind.UNPARSABLE,
            "has no `c`",
        ),
    ],
)
def test_what_is_no_archive_of_images_is_a_problem(
    tmp_path: Path, name: str, data: bytes | None, kind: ProblemKind, said: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)
    found = problem(f"docker-archive:{tmp_path}/{name}")
    assert said in found.detail
    assert found.kind is kind


def test_a_layer_that_is_another_is_refused(tmp_path: Path, layout: Path) -> None:
    saved = docker_archive(layout)
    other = Tar().file("a", b"3").bytes()
    at = saved.index(Tar().file("a", b"1").bytes()[:1024])
    (tmp_path / "image.tar").write_bytes(saved[:at] + other[:1024] + saved[at + 1024 :])
    assert "is not what its configuration calls it" in problem(f"{tmp_path}/image.tar").detail


def test_a_folder_and_a_device_are_no_archives(tmp_path: Path) -> None:
    assert problem(f"docker-archive:{tmp_path}").kind is ProblemKind.UNREADABLE
    assert "no regular file" in problem("docker-archive:/dev/null").detail


def test_an_archive_of_very_many_entries_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "_MOST_ENTRIES", 2)
    archive = Tar().file("a").file("b").file("c").file("d").bytes()
    (tmp_path / "image.tar").write_bytes(archive)
    assert problem(f"{tmp_path}/image.tar").kind is ProblemKind.TOO_LARGE


def test_time_bounds_the_reading(tmp_path: Path, layout: Path) -> None:
    (tmp_path / "image.tar").write_bytes(oci_archive(layout))
    with LocalImages(f"{tmp_path}/image.tar", Deadline(0.000001)) as local:
        found = local.resolve()
    assert isinstance(found, Problem)
    assert found.kind is ProblemKind.TIMED_OUT


def test_nothing_is_left_behind(
    tmp_path: Path, layout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    (tmp_path / "image.tar").write_bytes(oci_archive(layout))
    target(f"{tmp_path}/image.tar")
    assert list(scratch.iterdir()) == []
