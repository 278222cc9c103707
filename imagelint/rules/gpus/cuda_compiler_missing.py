"""The rule `cuda-compiler-missing`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.gpus.buildtime import compilations_without_compiler
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Stage, Severity.HIGH, confidence=Confidence.LIKELY, references=("env-doctor",))
def cuda_compiler_missing(stage: Stage, ctx: Context) -> Findings:
    """The build compiles for CUDA in an image without CUDA's compiler.

    `nvcc` and the headers are in the `devel` flavours only: `base` and `runtime` hold what a
    program needs to run, a plain Python or Ubuntu image nothing of CUDA. The step ends with
    `nvcc: not found`, or CMake with `No CUDA toolset found`.

    Except:
        Stages that install the compiler themselves, or copy something out of others.

    Bad:
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        RUN CMAKE_ARGS="-DGGML_CUDA=on" pip install --no-cache-dir llama-cpp-python==0.3.9
        CMD ["python", "-m", "llama_cpp.server"]

    Good:
        FROM nvidia/cuda:12.8.1-devel-ubuntu24.04 AS build
        RUN CMAKE_ARGS="-DGGML_CUDA=on" pip install --no-cache-dir llama-cpp-python==0.3.9

        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        COPY --from=build /usr/local /usr/local
        CMD ["python", "-m", "llama_cpp.server"]
    """
    for found in compilations_without_compiler(ctx.document, stage):
        yield ctx.finding(
            found.word,
            f"{found.what} compiles for CUDA, and the image has no `nvcc`",
            help="build it in a stage upon a `devel` flavour, and copy what that makes",
            subject=stage.name or f"stage {stage.index}",
        )
