"""What a script takes and nobody sets is absent, unless the image or a cluster may set it."""

from __future__ import annotations

import pytest

from imagelint.core.fact import ABSENT, Known
from imagelint.core.reference import parse_reference
from imagelint.core.source import Span
from imagelint.documents.serving.unset import unset_variables
from imagelint.documents.shared import ImageRole, ImageUse

AT = Span(0, 0)


def used(name: str) -> ImageUse:
    reference = parse_reference(name)
    assert reference is not None
    return ImageUse(AT, ImageRole.POD, name, Known(reference, AT))


@pytest.mark.parametrize("text", ["$TP", "${TP}", "${TP:-4}", "a$TP,b"])
def test_a_variable_that_nobody_sets_is_absent(text: str) -> None:
    image = used("vllm/vllm-openai:v0.30.0")
    assert unset_variables(text, image, (), complete=True) == {"TP": ABSENT}


@pytest.mark.parametrize(
    "name", ["HOME", "HF_HOME", "NCCL_DEBUG", "LLM_PORT", "LLM_SERVICE_HOST", "tp"]
)
def test_what_others_set_is_left_unknown(name: str) -> None:
    image = used("vllm/vllm-openai:v0.30.0")
    assert unset_variables(f"${name}", image, (), complete=True) == {}


def test_nothing_is_known_where_more_may_be_set() -> None:
    assert unset_variables("$TP", used("vllm/vllm-openai:v0.30.0"), (), complete=False) == {}
    assert unset_variables("$TP", used("registry.example.com/vllm:1"), (), complete=True) == {}
    assert unset_variables("$TP", None, (), complete=True) == {}
