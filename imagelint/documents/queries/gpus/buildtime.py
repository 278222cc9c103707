"""Steps of a build that compile for GPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.queries.stages import stages_where
from imagelint.documents.shell.script import ScriptRole
from imagelint.knowledge.cuda import lacks_compiler
from imagelint.knowledge.globs import Globs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.shell.script import Command, Word

_COMPILERS = Globs((
    "cuda", "cuda-[0-9]*", "cuda-compiler*", "cuda-nvcc*", "cuda-toolkit*", "cuda-minimal-build*",
    "nvidia-cuda-toolkit*", "cudatoolkit-dev", "nvidia-cuda-nvcc*", "cuda-cross*", "hip-dev",
))  # fmt: skip
_FOR_CUDA = pattern(
    r"-D(?:GGML|LLAMA|WITH|USE|BUILD|ENABLE)?_?(?:CUDA|CUBLAS)(?::BOOL)?=(?:ON|1|on|TRUE)"
)
_FOR_CUDA_VARIABLES = ("CMAKE_ARGS", "DS_BUILD_OPS", "FORCE_CUDA")


class CudaCompilation(NamedTuple):
    """A command that compiles for CUDA, with the word that says so."""

    word: Word
    what: str


def compilations_without_compiler(document: Document, stage: Stage) -> Iterator[CudaCompilation]:
    """What a stage compiles for CUDA although neither its image nor its steps bring a compiler."""
    use = stage.root_image
    if use is None or not isinstance(use.reference, Known):
        return
    if not lacks_compiler(use.reference.value):
        return
    compiling = list(_compilations(stage))
    if compiling and not _brings_compiler(document, stage):
        yield from compiling


def _compilations(stage: Stage) -> Iterator[CudaCompilation]:
    for script in stage.scripts:
        for command in script.commands if script.role is ScriptRole.RUN else ():
            found = _compiles(command) if command.unconditional else None
            if found is not None:
                yield found


def _brings_compiler(document: Document, stage: Stage) -> bool:
    copied = any(entry.flag("from") is not None for entry in stage.of("COPY"))
    return copied or stage.index in document.derived(_with_compiler)


def _with_compiler(document: Document) -> frozenset[int]:
    return stages_where(document, _installs_compiler)


def _installs_compiler(stage: Stage) -> bool:
    commands = [command for script in stage.scripts for command in script.commands]
    return any(
        _COMPILERS.matches(package.name) or not install.complete
        for command in commands
        for install in package_installs(command)
        for package in install.packages
    ) or any(
        ".run" in word.text and "cuda" in word.text
        for command in commands
        for word in command.words
    )


def _compiles(command: Command) -> CudaCompilation | None:
    if command.program == "nvcc":
        return CudaCompilation(command.words[0], "`nvcc`")
    if command.program == "cmake":
        for word in command.arguments:
            if _FOR_CUDA.fullmatch(word.text):
                return CudaCompilation(word, f"`{word.text}`")
    if package_installs(command):
        for variable in command.environment:
            value = variable.value.value if isinstance(variable.value, Known) else ""
            if variable.name in _FOR_CUDA_VARIABLES and (
                _FOR_CUDA.search(value) or (variable.name != "CMAKE_ARGS" and value == "1")
            ):
                return CudaCompilation(command.words[0], f"`{variable.name}={value}`")
    return None
