"""Tests of what the kustomizations of a run leave open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.source import Source
from imagelint.documents.detect import detect, parse
from imagelint.documents.kubernetes.manifest import Manifest, parse_manifest
from imagelint.documents.project import Project, by_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.documents.base import Document, Key, Node
    from imagelint.documents.project import Word

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: llm, labels: {app: llm}}
spec:
  replicas: 1
  containers: [{name: server, image: example/server}]
"""
PRIVILEGED = "spec: {securityContext: {runAsUser: 7}}"


def project(files: Mapping[str, str]) -> Project:
    documents: dict[str, Document] = {}
    for origin, text in files.items():
        kind = detect(origin, text)
        if kind:
            documents[origin] = parse(Source(origin, text), kind)

    def load(origin: str) -> Fact[Document]:
        return Known(documents[origin]) if origin in documents else ABSENT

    def find(kind: str, key: Key, _word: Word) -> Iterator[tuple[str, Node]]:
        for origin, document in documents.items():
            if document.kind == kind:
                yield from ((origin, node) for node in document.derived(by_key).get(key, ()))

    return Project(load, find)


def within(files: Mapping[str, str], origin: str = "base/pod.yaml", text: str = POD) -> Manifest:
    return parse_manifest(Source(origin, text)).within(project({origin: text, **files}))


def image(*overlays: str) -> str:
    """What becomes of `example/server` where kustomizations take each other."""
    files = {"base/kustomization.yaml": "resources: [pod.yaml]\n"}
    below = "base"
    for at, overlay in enumerate(overlays):
        files[f"o{at}/kustomization.yaml"] = f"resources: [../{below}]\n{overlay}\n"
        below = f"o{at}"
    use = within(files).pods[0].containers[0].image
    assert use is not None
    return use.text


def user(files: Mapping[str, str], text: str = POD) -> Fact[str]:
    return within(files, text=text).pods[0].containers[0].privileges.user.value


def patched(overlay: str, text: str = POD) -> Fact[str]:
    return user({"base/kustomization.yaml": f"resources: [pod.yaml]\n{overlay}\n"}, text)


@pytest.mark.parametrize(
    ("overlays", "result"),
    [
        ((), "example/server"),
        (("images: [{name: example/server, newTag: '2'}]",), "example/server:2"),
        (("images: [{name: example/server, newName: b}]",), "b"),
        (("images: [{name: example/server, digest: 'sha256:00'}]",), "example/server@sha256:00"),
        (("images: [{name: other, newTag: '2'}]",), "example/server"),
        (
            ("images: [{name: example/server, newName: b}]", "images: [{name: b, newTag: '3'}]"),
            "b:{{kustomize}}",
        ),
        (
            (
                "images: [{name: example/server, newName: b}]",
                "images: [{name: example/server, newName: c}]",
            ),
            "{{kustomize}}",
        ),
        (
            (
                "images: [{name: example/server, newTag: '2'}]",
                "images: [{name: example/server, newTag: '3'}]",
            ),
            "example/server:{{kustomize}}",
        ),
        (("images: [{name: example/server, newTag: '${TAG}'}]",), "{{kustomize}}"),
    ],
)
def test_images_become_what_kustomizations_make_of_them(
    overlays: tuple[str, ...], result: str
) -> None:
    assert image(*overlays) == result


@pytest.mark.parametrize(
    ("target", "open_"),
    [
        ("{kind: Pod}", True),
        ("{name: llm}", True),
        ("{kind: Deployment|Pod, name: ^ll.*$}", True),
        ("{kind: Pod, name: (llm|web)}", True),
        ("{kind: Deployment}", False),
        ("{name: web}", False),
        ("{name: ll}", False),
        ("{labelSelector: app=llm}", True),
        ("{labelSelector: 'app == web'}", False),
        ("{labelSelector: added=by-kustomize}", True),
    ],
)
def test_a_patch_is_for_what_its_target_selects(target: str, *, open_: bool) -> None:
    found = patched(f"patches: [{{target: {target}, patch: '{{{PRIVILEGED}}}'}}]")
    assert found is (UNKNOWN if open_ else ABSENT)


@pytest.mark.parametrize(
    ("named", "open_"),
    [
        ("kind: Pod, metadata: {name: llm}", True),
        ("kind: Pod, metadata: {name: web}", False),
        ("kind: Job, metadata: {name: llm}", False),
    ],
)
def test_without_a_target_a_patch_names_its_object(named: str, *, open_: bool) -> None:
    found = patched(f"patches: [{{patch: '{{{named}, {PRIVILEGED}}}'}}]")
    assert found is (UNKNOWN if open_ else ABSENT)


def test_an_overlay_may_name_an_object_as_it_is_called_there() -> None:
    files = {
        "base/kustomization.yaml": "namePrefix: a-\nnameSuffix: -z\nresources: [pod.yaml]\n",
        "top/kustomization.yaml": "resources: [../base]\npatches: [{path: p.yaml}]\n",
        "top/p.yaml": f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a-llm-z}}\n{PRIVILEGED}\n",
    }
    assert user(files) is UNKNOWN


@pytest.mark.parametrize(
    "overlay", ["patches: [{path: gone.yaml}]", "transformers: [t.yaml]", "replacements: [{}]"]
)
def test_what_cannot_be_read_may_set_anything(overlay: str) -> None:
    assert patched(overlay) is UNKNOWN


def test_what_others_do_not_touch_is_read_as_before() -> None:
    manifest = parse_manifest(Source("base/pod.yaml", POD))
    files = {"base/kustomization.yaml": "resources: [pod.yaml]\nnamespace: x\n"}
    assert manifest.within(project(files)) is manifest
    assert manifest.within(Project()) is manifest


def test_counts_may_be_set_by_name() -> None:
    text = POD.replace("kind: Pod", "kind: Deployment").replace("v1", "apps/v1")
    text = text.replace("  containers:", "  template:\n    spec:\n      containers:")
    overlay = {"base/kustomization.yaml": "resources: [pod.yaml]\nreplicas: [{name: llm}]\n"}
    assert isinstance(within({}, text=text).pods[0].replicas, Known)
    assert within(overlay, text=text).pods[0].replicas is UNKNOWN


def test_kustomizations_that_take_each_other_in_a_circle_end() -> None:
    files = {
        "base/kustomization.yaml": "resources: [pod.yaml, ../top]\ncomponents: [../part]\n",
        "top/kustomization.yaml": "resources: [../base]\ncomponents: [../part]\n",
        "part/kustomization.yaml": f"kind: Component\ncomponents: [../part]\n"
        f"patches: [{{target: {{kind: Pod}}, patch: '{{{PRIVILEGED}}}'}}]\n",
    }
    assert user(files) is UNKNOWN


def test_only_the_kustomization_beside_may_leave_out_what_it_takes() -> None:
    images = "images: [{name: example/server, newTag: '2'}]\n"
    assert within({"base/kustomization.yaml": images}).pods[0].containers[0].image is not None
    beside = within({"base/kustomization.yaml": images}).pods[0].containers[0].image
    elsewhere = within({"top/kustomization.yaml": images}).pods[0].containers[0].image
    assert beside is not None
    assert elsewhere is not None
    assert (beside.text, elsewhere.text) == ("example/server:2", "example/server")


def test_a_file_that_is_a_patch_leaves_everything_open() -> None:
    patch = {"base/kustomization.yaml": "resources: [a.yaml]\npatches: [{path: pod.yaml}]\n"}
    assert user(patch) is UNKNOWN
    from_above = {"top/kustomization.yaml": "patchesStrategicMerge: [../base/pod.yaml]\n"}
    assert user(from_above) is UNKNOWN
