from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.collect.registry.layout import (
    LayoutReference,
    is_layout,
    layout_view,
    parse_layout_reference,
    read_blob,
    read_index,
    resolve_layout,
)
from imagelint.core.errors import UsageError
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.image.image import ImageIdentity, ImageTarget
from imagelint.testing.images import Image, Layout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DIGEST = "sha256:" + "0a" * 32


def resolved(text: str, platform: str = "") -> ImageTarget:
    found = resolve_layout(text, platform)
    assert not isinstance(found, Problem), found
    (target,) = found
    return target


def problem(text: str, platform: str = "") -> Problem:
    found = resolve_layout(text, platform)
    assert isinstance(found, Problem)
    assert found.origin == text
    return found


def rewrite(layout: Path, change: dict[str, Any]) -> None:
    index = json.loads((layout / "index.json").read_text())
    (layout / "index.json").write_text(json.dumps({**index, **change}))


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    Layout(tmp_path / "image").add(Image(user="app", env=("A=b",)))
    return tmp_path / "image"


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("oci:out", LayoutReference("out")),
        ("oci:out:v1", LayoutReference("out", "v1")),
        ("oci:/a/b:v1.2-rc_1", LayoutReference("/a/b", "v1.2-rc_1")),
        (f"oci:out@{DIGEST}", LayoutReference("out", "", DIGEST)),
        (f"oci:a@b:c@{DIGEST}", LayoutReference("a@b:c", "", DIGEST)),
        ("oci:out@sha256:short", LayoutReference("out@sha256", "short")),
        ("oci:a:b/c", LayoutReference("a:b/c")),
    ],
)
def test_a_reference_is_taken_apart(text: str, reference: LayoutReference) -> None:
    assert is_layout(text)
    assert parse_layout_reference(text) == reference


def test_a_folder_of_that_name_wins_over_a_tag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out:v1").mkdir()
    assert parse_layout_reference("oci:out:v1") == LayoutReference("out:v1")


def test_a_reference_without_a_folder_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="names no folder"):
        parse_layout_reference("oci:")


def test_the_only_image_is_found_with_its_configuration(layout: Path) -> None:
    target = resolved(f"oci:{layout}")
    (entry,) = json.loads((layout / "index.json").read_text())["manifests"]
    assert target.digest == target.identity.manifest == entry["digest"]
    assert target.identity.layout == str(layout)
    assert target.identity.size > 0
    assert target.config is not None
    assert (target.config.user, target.config.env) == ("app", (("A", "b"),))
    assert resolved(f"oci:{layout}:v1").digest == target.digest
    assert resolved(f"oci:{layout}@{target.digest}").digest == target.digest


def test_several_images_need_a_choice(tmp_path: Path) -> None:
    made = Layout(tmp_path)
    one, two = made.add(Image(user="1"), "one"), made.add(Image(user="2"), "")
    with pytest.raises(UsageError, match="names several images") as caught:
        resolve_layout(f"oci:{tmp_path}")
    choices = f"choose one: oci:{tmp_path}:one, oci:{tmp_path}@{two}"
    assert caught.value.complaints[0].help == choices
    assert resolved(f"oci:{tmp_path}:one").digest == one
    assert resolved(f"oci:{tmp_path}@{two}").digest == two
    three = made.add(Image(user="3"), "one")
    with pytest.raises(UsageError, match="names several images") as caught:
        resolve_layout(f"oci:{tmp_path}:one")
    choices = ", ".join(f"oci:{tmp_path}@{digest}" for digest in (one, two, three))
    assert caught.value.complaints[0].help == f"choose one: {choices}"


@pytest.mark.parametrize("end", [":nosuch", f"@{DIGEST}"])
def test_an_image_that_is_not_there_is_wrong_usage(layout: Path, end: str) -> None:
    with pytest.raises(UsageError, match="names no image of the layout"):
        resolve_layout(f"oci:{layout}{end}")


def test_an_empty_layout_holds_no_image(tmp_path: Path) -> None:
    Layout(tmp_path)
    with pytest.raises(UsageError) as caught:
        resolve_layout(f"oci:{tmp_path}")
    assert caught.value.complaints[0].help == "choose one: it holds no image"


def test_the_same_image_under_two_tags_is_one(tmp_path: Path) -> None:
    made = Layout(tmp_path)
    assert made.add(Image(), "one") == made.add(Image(), "two")
    assert resolved(f"oci:{tmp_path}").digest


def test_a_whole_reference_as_a_tag_is_understood(layout: Path) -> None:
    (entry,) = json.loads((layout / "index.json").read_text())["manifests"]
    named = {"org.opencontainers.image.ref.name": "docker.io/library/app:v7"}
    rewrite(layout, {"manifests": [{**entry, "annotations": named}]})
    assert resolved(f"oci:{layout}:v7").digest == entry["digest"]


@pytest.mark.parametrize(
    "more",
    [
        {"artifactType": "application/vnd.dev.sigstore.bundle.v0.3+json"},
        {"annotations": {"kind": "dev.cosignproject.cosign/sigs"}},
        {"annotations": {"vnd.docker.reference.type": "attestation-manifest"}},
    ],
)
def test_what_belongs_to_an_image_is_not_one(layout: Path, more: dict[str, Any]) -> None:
    (entry,) = json.loads((layout / "index.json").read_text())["manifests"]
    rewrite(layout, {"manifests": [entry, {"digest": DIGEST, **more}]})
    assert resolved(f"oci:{layout}").digest == entry["digest"]


def images(*architectures: str) -> list[Image]:
    return [Image(user=name, architecture=name) for name in architectures]


def user(target: ImageTarget) -> str:
    assert target.config is not None
    return target.config.user


def test_an_index_leads_to_the_image_for_the_platform(tmp_path: Path) -> None:
    digest = Layout(tmp_path).add_index(images("arm64", "amd64"))
    every = resolve_layout(f"oci:{tmp_path}")
    assert not isinstance(every, Problem)
    chosen = resolved(f"oci:{tmp_path}", "linux/arm64")
    assert {one.digest for one in (*every, chosen)} == {digest}
    assert ([user(one) for one in every], user(chosen)) == (["arm64", "amd64"], "arm64")
    assert every[0].identity.manifest == chosen.identity.manifest != every[1].identity.manifest


def test_an_index_of_one_image_needs_no_platform(tmp_path: Path) -> None:
    Layout(tmp_path).add_index(images("arm64"))
    assert user(resolved(f"oci:{tmp_path}")) == "arm64"


def test_a_platform_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    Layout(tmp_path).add_index(images("arm64", "s390x"))
    found = problem(f"oci:{tmp_path}", "linux/amd64")
    assert found.kind is ProblemKind.NOT_FOUND
    assert found.detail == "has no image for linux/amd64; there is: linux/arm64, linux/s390x"
    assert found.help == "name it: `--platform`"


def test_an_image_says_itself_for_which_platform_it_is(tmp_path: Path) -> None:
    Layout(tmp_path).add(Image(architecture="arm64"))
    assert resolved(f"oci:{tmp_path}", "linux/arm64").identity.platform == "linux/arm64"
    found = problem(f"oci:{tmp_path}", "linux/amd64")
    assert found.detail == "has no image for linux/amd64; there is: linux/arm64"


@pytest.mark.parametrize(
    "more",
    [
        {"artifactType": "text/plain"},
        {"annotations": {"vnd.docker.reference.type": "attestation-manifest"}},
    ],
)
def test_an_image_with_a_platform_cannot_call_itself_something_else(
    tmp_path: Path, more: dict[str, Any]
) -> None:
    raw = Raw(tmp_path)
    hidden, other = (raw._manifest(one) for one in images("arm64", "amd64"))
    raw.put({"manifests": [{**hidden, **more}, other]}, "image.index.v1+json")
    found = resolve_layout(f"oci:{tmp_path}")
    assert not isinstance(found, Problem)
    assert [user(one) for one in found] == ["arm64", "amd64"]


def test_what_has_an_unknown_platform_is_no_image(tmp_path: Path) -> None:
    raw = Raw(tmp_path)
    statement, other = (raw._manifest(one) for one in images("x", "amd64"))
    unknown = {"os": "unknown", "architecture": "unknown"}
    raw.put({"manifests": [{**statement, "platform": unknown}, other]}, "image.index.v1+json")
    assert user(resolved(f"oci:{tmp_path}")) == "amd64"


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert problem(f"oci:{tmp_path}/nosuch").kind is ProblemKind.NOT_FOUND


def test_a_folder_that_is_no_layout_is_a_problem(tmp_path: Path) -> None:
    found = problem(f"oci:{tmp_path}")
    assert found.kind is ProblemKind.UNREADABLE
    assert "is not an OCI layout: index.json: no such file" in found.detail


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "ends too early"), ("{}", "lists no manifests"), ('{"manifests": 1}', "lists no")],
)
def test_an_index_that_is_none_is_a_problem(layout: Path, text: str, words: str) -> None:
    (layout / "index.json").write_text(text)
    found = problem(f"oci:{layout}")
    assert found.kind is ProblemKind.UNPARSABLE
    assert words in found.detail


@pytest.mark.parametrize(
    "digest", ["sha256:../../../../etc/passwd", "sha256:" + "0A" * 32, "md5:00", "", "/etc/passwd"]
)
def test_nothing_outside_the_layout_is_read(layout: Path, digest: str) -> None:
    found = read_blob(str(layout), digest, "oci:x")
    assert isinstance(found, Problem)
    assert "is not a digest" in found.detail
    rewrite(layout, {"manifests": [{"digest": digest}]})
    assert "is not a digest" in problem(f"oci:{layout}").detail


def blob(layout: Path, media: str) -> Path:
    for path in (layout / "blobs" / "sha256").iterdir():
        if media.encode() in path.read_bytes():
            return path
    raise AssertionError(media)


def test_a_blob_that_was_changed_is_a_problem(layout: Path) -> None:
    path = blob(layout, "rootfs")
    path.write_bytes(path.read_bytes().replace(b'"app"', b'"root"'))
    found = problem(f"oci:{layout}")
    assert found.kind is ProblemKind.UNPARSABLE
    assert "does not have that digest" in found.detail


def test_a_blob_that_is_no_file_is_a_problem(layout: Path) -> None:
    path = blob(layout, "rootfs")
    path.unlink()
    os.mkfifo(path)
    assert problem(f"oci:{layout}").kind is ProblemKind.UNREADABLE


def test_a_blob_that_is_missing_is_a_problem(layout: Path) -> None:
    blob(layout, '"layers"').unlink()
    found = problem(f"oci:{layout}")
    assert found.kind is ProblemKind.UNREADABLE
    assert "no such file" in found.detail


class Raw(Layout):
    """A layout into which anything can be put."""

    def put(self, content: object, media: str = "image.manifest.v1+json") -> str:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        entry = self._blob(data, media)
        self._entries = [{**entry, "mediaType": f"application/vnd.oci.{media}"}]
        self._index()
        return str(entry["digest"])

    def read(self, digest: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            (self.folder / "blobs" / digest.replace(":", "/")).read_text(encoding="utf-8")
        )
        return found

    def forge(self, image: Image, change: Callable[[list[str]], list[str]]) -> str:
        """An image whose configuration calls its layers by other names."""
        manifest = self.read(str(self._manifest(image)["digest"]))
        config = self.read(manifest["config"]["digest"])
        config["rootfs"]["diff_ids"] = change(config["rootfs"]["diff_ids"])
        data = json.dumps(config).encode()
        entry = self._blob(data, "config.v1+json")
        return self.put({**manifest, "config": entry})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"manifests": []}, "could be read as a manifest and as an index"),
        ({"layers": None}, "is neither a manifest nor an index"),
        ({"config": {}}, "names no configuration by its digest"),
    ],
)
def test_a_manifest_of_another_form_is_a_problem(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    raw = Raw(tmp_path)
    manifest = raw.read(str(raw._manifest(Image())["digest"]))
    raw.put({**manifest, **changes})
    assert words in problem(f"oci:{tmp_path}").detail


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda names: names[:1], "its manifest lists 2 layers, its configuration 1"),
        (lambda names: [*names, DIGEST], "its manifest lists 2 layers, its configuration 3"),
        (lambda _: [], "its manifest lists 2 layers, its configuration 0"),
        (lambda names: names[:1] * 2, "gives one name to several layers"),
        (lambda names: ["x", names[1]], "has a layer without a proper digest or size"),
    ],
)
def test_layers_that_are_called_by_other_names_are_a_problem(
    tmp_path: Path, change: Callable[[list[str]], list[str]], words: str
) -> None:
    raw = Raw(tmp_path)
    raw.forge(Image(({"a": "b"}, {"c": "d"})), change)
    assert words in problem(f"oci:{tmp_path}").detail


def test_a_layer_may_be_there_twice(tmp_path: Path) -> None:
    Layout(tmp_path).add(Image(({"a": "b"}, {"a": "b"})))
    assert len(resolved(f"oci:{tmp_path}").identity.layers) == 2


def test_what_is_no_image_is_a_problem(tmp_path: Path) -> None:
    raw = Raw(tmp_path)
    manifest = raw.read(str(raw._manifest(Image())["digest"]))
    config = {**manifest["config"], "mediaType": "application/vnd.cncf.helm.config.v1+json"}
    raw.put({**manifest, "config": config})
    assert "is no image" in problem(f"oci:{tmp_path}").detail


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe"])
def test_a_manifest_that_is_none_is_a_problem(tmp_path: Path, content: bytes) -> None:
    Raw(tmp_path).put(content)
    assert "the manifest sha256:" in problem(f"oci:{tmp_path}").detail


def test_a_configuration_that_is_none_is_a_problem(tmp_path: Path) -> None:
    raw = Raw(tmp_path)
    config = raw.put(b"[]")
    raw.put({"config": {"digest": config}, "layers": []})
    found = problem(f"oci:{tmp_path}")
    assert found.detail == "the configuration of the image is not a JSON object"


def test_an_index_within_that_is_none_is_a_problem(tmp_path: Path) -> None:
    Raw(tmp_path).put(b"{}", "image.index.v1+json")
    assert "is neither a manifest nor an index" in problem(f"oci:{tmp_path}").detail


def test_indexes_within_indexes_end_somewhere(tmp_path: Path) -> None:
    raw = Raw(tmp_path)
    media = "image.index.v1+json"
    digest = raw.put({"manifests": []}, media)
    for _ in range(6):
        entry = {"digest": digest, "mediaType": f"application/vnd.oci.{media}"}
        digest = raw.put({"manifests": [entry]}, media)
    assert "indexes within indexes" in problem(f"oci:{tmp_path}").detail


def test_the_index_tells_what_it_lists(layout: Path) -> None:
    entries = read_index(str(layout), "oci:x")
    assert not isinstance(entries, Problem)
    assert (entries[0].tag, entries[0].platform, entries[0].is_index) == (
        "v1",
        "linux/amd64",
        False,
    )


def test_a_view_shows_one_image_only(tmp_path: Path) -> None:
    made = Layout(tmp_path)
    made.add(Image(), "one")
    made.add_index(images("amd64", "arm64"), "two")
    target = resolved(f"oci:{tmp_path}:two", "linux/arm64")
    view = layout_view(target.identity)
    (entry,) = json.loads(dict(view.files)["layout/index.json"])["manifests"]
    assert entry["digest"] == target.identity.manifest != target.digest
    assert entry["size"] == (tmp_path / "blobs" / entry["digest"].replace(":", "/")).stat().st_size
    assert view.links == (("layout/blobs", str(tmp_path / "blobs")),)


def test_an_image_of_a_registry_needs_no_view() -> None:
    assert layout_view(ImageIdentity("a.test/b", DIGEST, "a.test/b")) == ((), ())


@pytest.mark.parametrize(
    "text",
    [
        '{{"manifests": [{0}], "Manifests": [{1}]}}',
        '{{"manifests": [{1}], "manifests": [{0}]}}',
        '{{"manifests": [{{"digest": "{2}", "Digest": "{3}"}}]}}',
    ],
)
def test_a_list_of_images_has_one_reading(tmp_path: Path, text: str) -> None:
    """Programs in Go would take another image than the one that was examined."""
    layout = Layout(tmp_path)
    clean, other = layout.add(Image(), "v1"), layout.add(Image(user="0"), "v2")
    entries = [json.dumps({"digest": digest}) for digest in (clean, other)]
    (tmp_path / "index.json").write_text(text.format(*entries, clean, other), encoding="utf-8")
    problem = resolve_layout(f"oci:{tmp_path}@{clean}")
    assert isinstance(problem, Problem)
    assert "in a form that readers understand differently" in problem.detail
