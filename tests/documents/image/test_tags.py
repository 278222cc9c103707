from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagelint.documents.image.tags import newest_alike, read_version

NGC = ("24.09-py3", "24.10-py3", "24.9-py3", "25.01-py3", "25.01-py3-igpu", "25.01-trtllm-py3")
CUDA = (
    "12.4.1-cudnn-devel-ubuntu22.04",
    "12.8.0-cudnn-devel-ubuntu24.04",
    "12.6.3-cudnn-devel-ubuntu22.04",
    "12.6.3-devel-ubuntu22.04",
    "13.0.0-cudnn-runtime-ubuntu22.04",
)
VLLM = ("v0.8.4", "v0.8.5", "v0.8.5.post1", "v0.10.0rc1", "v0.9.2", "v0.10.0", "latest", "nightly")


@pytest.mark.parametrize(
    ("tag", "tags", "newest"),
    [
        ("24.09-py3", NGC, "25.01-py3"),
        ("12.4.1-cudnn-devel-ubuntu22.04", CUDA, "12.6.3-cudnn-devel-ubuntu22.04"),
        ("v0.8.4", VLLM, "v0.10.0"),
        ("v0.8.5", VLLM[:3], "v0.8.5.post1"),
        ("v0.8.5.post1", VLLM[:3], "v0.8.5.post1"),
        ("v0.10.0", VLLM, "v0.10.0"),
        ("3.12-slim", ("3.9-slim", "3.13-slim", "3.13.1-slim", "3.14-alpine"), "3.13-slim"),
        ("3", ("4", "4.1", "10"), "10"),
        ("server-cuda-b4719", ("server-cuda-b5000", "server-b6000"), "server-cuda-b5000"),
        ("20241010", ("20250101", "latest"), "20250101"),
        ("latest", ("v2", "3"), "latest"),
        ("", ("v2",), ""),
        ("main", ("main2",), "main"),
        ("0a1b2c3", ("9999999",), "0a1b2c3"),
        ("sha-0a1b2c3", ("sha-9a1b2c3",), "sha-0a1b2c3"),
        ("1.0", ("v2.0", "1.0.5", "1.0-rc1"), "1.0"),
        ("1.0.0rc1", ("1.0.0rc2", "1.0.0rc10", "0.21.0", "1.1.0rc2-py3"), "1.0.0rc10"),
        ("1.0.0rc1", ("1.0.0rc2", "1.0.0", "0.21.0"), "1.0.0"),
        ("1.0.0b2", ("1.0.0a3", "1.0.0rc1"), "1.0.0rc1"),
        ("1.0.0", ("1.1.0rc1", "1.0.0rc9"), "1.0.0"),
        ("1.0.0rc1.post1", ("1.0.0rc1", "1.0.0rc1.post2"), "1.0.0rc1.post2"),
    ],
)
def test_the_newest_of_the_same_line_is_taken(tag: str, tags: tuple[str, ...], newest: str) -> None:
    assert newest_alike(tag, tags) == newest


@given(
    st.from_regex(r"[a-z0-9._-]{1,20}", fullmatch=True), st.lists(st.from_regex(r"v?[0-9.]{1,8}"))
)
def test_it_is_one_of_the_tags_and_never_older(tag: str, tags: list[str]) -> None:
    found = newest_alike(tag, tags)
    assert found in (tag, *tags)
    before, after = read_version(tag), read_version(found)
    assert found == tag or (before is not None and after is not None and after[1:] > before[1:])
