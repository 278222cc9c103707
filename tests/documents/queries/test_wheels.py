from __future__ import annotations

from imagelint.documents.queries.wheels import torch_wanted, wheels
from tests.documents.queries.dockerfiles import dockerfile


def said(*lines: str) -> list[str]:
    """What the last stage says of its wheels."""
    document = dockerfile(*lines)
    return [one.platform.title for one in wheels(document, document.stages[-1])]


def test_indexes_are_named_in_commands_and_variables_of_the_stage() -> None:
    assert said(
        "FROM python:3.12 AS other",
        "RUN pip install --index-url https://example.com/cu118 a",
        "FROM python:3.12",
        "ENV UV_INDEX='https://example.com/cu121 https://example.com/cu124'",
        "ENV PIP_INDEX_URL=$UNKNOWN",
        "RUN pip install --extra-index-url https://example.com/rocm6.4 --index-url $X a",
        "RUN PIP_INDEX_URL=https://example.com/whl/cpu pip install a",
    ) == ["CUDA 12.1", "CUDA 12.4", "ROCm", "CPUs"]


def test_packages_say_it_too() -> None:
    assert said(
        "FROM python:3.12",
        "RUN pip install torch==2.7.0+cu128 torchvision==0.22.0+cu128 cupy-cuda11x numpy==2.0",
        "RUN conda install -y pytorch-cuda=11.8 pytorch==2.3.0",
        "RUN pip install https://example.com/flash_attn-2.8.3%2Bcu12torch2.7-cp312-linux.whl",
        "RUN uv pip install --torch-backend=xpu torch",
        "RUN npm install left-pad@1.0.0",
    ) == ["CUDA 12.8", "CUDA 11", "CUDA 11.8", "CUDA 12", "Intel GPUs"]


def test_a_version_of_pypi_says_it_where_no_index_is_named() -> None:
    assert said("FROM python:3.12", "RUN pip install torch==2.0.1") == ["CUDA 11.7"]
    assert (
        said(
            "FROM python:3.12",
            "ENV PIP_INDEX_URL=https://x.example/a",
            "RUN pip install torch==2.0.1",
        )
        == []
    )
    assert said("FROM python:3.12", "RUN pip install -i https://x.example/a torch==2.0.1") == []


def test_what_is_done_on_a_condition_is_not_sure() -> None:
    document = dockerfile(
        "FROM python:3.12",
        "RUN if test $OLD; then pip install torch==1+cu118; else pip install torch==2+cu128; fi",
    )
    assert [one.sure for one in wheels(document, document.stages[0])] == [False, False]
    assert list(torch_wanted(document, document.stages[0])) == []


def test_exact_torch_from_the_index() -> None:
    document = dockerfile(
        "FROM python:3.12",
        "RUN pip install torch==2.8.0 torchvision==0.23.0",
        "RUN pip install 'torch>=2.8' https://example.com/torch-2.8.0-py3-none-any.whl",
        "RUN conda install torch=2.8.0",
    )
    assert [one.version for one in torch_wanted(document, document.stages[0])] == ["2.8.0"]
