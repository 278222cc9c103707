from __future__ import annotations

import pytest

from imagelint.core.fact import UNKNOWN, value_or
from imagelint.documents.queries.weights.modelcache import (
    downloads_weights,
    volume_at,
    volumes,
    weights_folder,
    weights_stay,
)
from tests.documents.queries.manifests import pod, vllm

OTHER = "image: 'registry.example.com/vllm/vllm-openai:v1', args: [--model, m/m-8b]"


@pytest.mark.parametrize(
    ("more", "folder"),
    [
        ("", "/root/.cache/huggingface/hub"),
        ("env: [{name: HF_HUB_CACHE, value: /a/}]", "/a"),
        ("env: [{name: HF_HOME, value: /b}]", "/b/hub"),
        ("env: [{name: XDG_CACHE_HOME, value: /c}]", "/c/huggingface/hub"),
        ("env: [{name: HOME, value: /home/me}]", "/home/me/.cache/huggingface/hub"),
        ("securityContext: {runAsUser: 0}", "/root/.cache/huggingface/hub"),
        ("securityContext: {runAsUser: 2000}", "/home/vllm/.cache/huggingface/hub"),
    ],
)
def test_the_folder_follows_the_variables_and_the_user(more: str, folder: str) -> None:
    assert value_or(weights_folder(vllm(more)), "") == folder


@pytest.mark.parametrize(
    "more",
    [
        "securityContext: {runAsUser: 1234}",
        "securityContext: {runAsUser: '${USER}'}",
        "env: [{name: HF_HOME, valueFrom: {fieldRef: {fieldPath: a}}}]",
        "env: [{name: HOME, valueFrom: {fieldRef: {fieldPath: a}}}]",
    ],
)
def test_a_folder_that_depends_on_what_is_not_seen_is_unknown(more: str) -> None:
    assert weights_folder(vllm(more)) is UNKNOWN


def test_the_home_of_another_image_is_unknown() -> None:
    assert weights_folder(pod(OTHER)) is UNKNOWN


def test_an_engine_without_downloads_has_no_folder() -> None:
    triton = pod("image: 'nvcr.io/nvidia/tritonserver:26.06-py3', command: [tritonserver]")
    assert weights_folder(triton) is UNKNOWN
    assert not downloads_weights(triton)


def test_volumes_that_hold_what_others_put_there_do_not_count() -> None:
    server = pod(
        "image: 'vllm/vllm-openai:v1', volumeMounts: [{name: c, mountPath: /c},"
        " {name: s, mountPath: /dev/shm}, {name: d, mountPath: /d}]",
        spec="volumes: [{name: c, configMap: {}}, {name: s, emptyDir: {}},"
        " {name: d, hostPath: {path: /}}]",
    )
    assert [value_or(mount.target, "") for mount in value_or(volumes(server), ())] == ["/d"]


def test_a_mount_that_a_template_places_makes_all_unknown() -> None:
    server = vllm("volumeMounts: [{name: c, mountPath: '${WHERE}'}]")
    assert volumes(server) is UNKNOWN
    assert volume_at(server, "/root") is None


def test_weights_stay_on_claims_and_in_images_only() -> None:
    mount = "volumeMounts: [{name: m, mountPath: /root/.cache}]"
    image = "image: 'vllm/vllm-openai:v0.30.0', args: [--model, m/m-8b]"
    claim = "volumes: [{name: m, persistentVolumeClaim: {claimName: m}}]"
    assert weights_stay(pod(f"{image}, {mount}", spec=claim))
    assert not weights_stay(pod(f"{image}, {mount}", spec="volumes: [{name: m, emptyDir: {}}]"))
    assert not weights_stay(pod(f"{image}, {mount}"))
    assert weights_stay(vllm(args="--model, /models/m-8b"))
