"""Steps of a build that ask for GPUs, or compile for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.execution import Phase
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.python import is_python
from imagelint.documents.queries.stages import enclosing_stage, stages_where
from imagelint.documents.shell.script import ScriptRole
from imagelint.knowledge.cuda import lacks_compiler
from imagelint.knowledge.globs import Globs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.shell.script import Command, Script, Word

# Programs that ask the driver, which is there only where there is a GPU.
_PROGRAMS = frozenset({"nvidia-smi", "nvidia-debugdump", "deviceQuery", "rocm-smi", "amd-smi"})
ASKING = _PROGRAMS | {"python", "pypy"}
"""The programs by which a command may ask for a GPU."""
_QUESTIONS = pattern(
    r"torch\.cuda\.(?:is_available|device_count)\(|list_physical_devices\(\s*['\"]GPU"
    r"|tf\.test\.(?:is_gpu_available|gpu_device_name)\(|list_logical_devices\(\s*['\"]GPU"
)
# What ends with an error where there is none.
_DEMANDS = pattern(
    r"assert\s+torch\.cuda\.is_available\(\)|\.cuda\(\)|\.to\(\s*['\"]cuda"
    r"|torch\.cuda\.(?:get_device_\w+|current_device|init|mem_get_info|synchronize)\("
    r"|device=['\"]cuda|jax\.devices\(\s*['\"](?:gpu|cuda)"
)
_TOLERATED = pattern(r"(?:\s|\\\n|\d?>>?&?\s*[^\s;&|]+|\d?>&\d)*+(?:\|\||;)")
_COMPILERS = Globs((
    "cuda", "cuda-[0-9]*", "cuda-compiler*", "cuda-nvcc*", "cuda-toolkit*", "cuda-minimal-build*",
    "nvidia-cuda-toolkit*", "cudatoolkit-dev", "nvidia-cuda-nvcc*", "cuda-cross*", "hip-dev",
))  # fmt: skip
_FOR_CUDA = pattern(
    r"-D(?:GGML|LLAMA|WITH|USE|BUILD|ENABLE)?_?(?:CUDA|CUBLAS)(?::BOOL)?=(?:ON|1|on|TRUE)"
)
_FOR_CUDA_VARIABLES = ("CMAKE_ARGS", "DS_BUILD_OPS", "FORCE_CUDA")


class GpuQuery(NamedTuple):
    """A question for a GPU; `fails` tells that it ends with an error where there is none."""

    word: Word
    what: str
    fails: bool


def gpu_queries(document: Document, script: Script) -> Iterator[GpuQuery]:
    """The questions of a step of a build whose answer counts."""
    if script.role is not ScriptRole.RUN or script.place.phase is not Phase.BUILD:
        return
    stage = enclosing_stage(document, script.span)
    instruction = stage.instruction_at(script.span.start) if stage is not None else None
    if instruction is not None and instruction.flag("device") is not None:
        return
    last = {command.pipe: command for command in script.commands}
    for command in script.commands:
        end = last[command.pipe]
        if command.unconditional and not _is_tolerated(script, end):
            for query in _asked(command):
                # What stands behind the pipe decides, and gets nothing.
                yield query if end is command else query._replace(fails=False)


def _is_tolerated(script: Script, command: Command) -> bool:
    rest = script.text[command.span.end - script.span.start :]
    return _TOLERATED.match(rest) is not None


def _asked(command: Command) -> Iterator[GpuQuery]:
    if command.program in _PROGRAMS:
        yield GpuQuery(command.words[0], f"`{command.program}` runs", fails=True)
    elif is_python(command.program):
        for word in command.arguments:
            if found := _DEMANDS.search(word.text) or _QUESTIONS.search(word.text):
                fails = _DEMANDS.search(word.text) is not None
                yield GpuQuery(word, f"`{found[0].rstrip('(')}` is asked", fails)


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
