from __future__ import annotations

import pytest

from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.core.reference import parse_partial


@pytest.mark.parametrize(
    ("text", "name", "tag"),
    [
        ("vllm/vllm-openai:\0", "docker.io/vllm/vllm-openai", UNKNOWN),
        ("ubuntu:\0", "docker.io/library/ubuntu", UNKNOWN),
        ("ubuntu:22.\0", "docker.io/library/ubuntu", UNKNOWN),
        ("ubuntu@\0", "docker.io/library/ubuntu", UNKNOWN),
        ("ubuntu:22.04@\0", "docker.io/library/ubuntu", UNKNOWN),
        ("\0/ubuntu", "/ubuntu", ABSENT),
        ("\0/vllm/vllm-openai:v1", "/vllm/vllm-openai:v1", "v1"),
        ("\0/\0/llm:v1", "/llm:v1", "v1"),
        ("\0a/llm", "/llm", ABSENT),
        ("\0:latest", None, "latest"),
        ("\0", None, UNKNOWN),
        ("\0ubuntu", None, UNKNOWN),
        ("ubuntu\0", None, UNKNOWN),
        ("a/ubuntu\0:v1", None, "v1"),
        ("\0/Ubuntu", None, ABSENT),
        ("ghcr.io:\0/a/b:v1", "/a/b:v1", "v1"),
        ("Up/Case:\0", None, UNKNOWN),
    ],
)
def test_what_is_known_of_a_reference(text: str, name: str | None, tag: object) -> None:
    partial = parse_partial(text)
    found = partial.name
    full = f"{found.name}:{found.tag}".rstrip(":") if found else None
    assert full == name
    assert (partial.tag.value if isinstance(partial.tag, Known) else partial.tag) == tag
