"""Questions about compilers and what else is only needed while an image is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.packages.installs import package_installs, packages_removed
from imagelint.documents.packages.lookup import manager_call
from imagelint.documents.packages.python import is_python
from imagelint.documents.queries.stages import server_of, stage_scripts
from imagelint.knowledge.base_images import is_devel
from imagelint.knowledge.globs import Globs
from imagelint.knowledge.gpu_stack import JIT_COMPILED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Stage
    from imagelint.documents.packages.installs import Requirement
    from imagelint.documents.shared import ImageUse
    from imagelint.documents.shell.script import Command, Script

__all__ = ["Toolchain", "compilations", "compiles_at_run_time", "shipped_tools"]
__all__ += ["toolchain_image", "upon_devel"]

# Packages of apt, apk and the rpm family that turn source into programs.
_TOOLS = Globs((
    "autoconf", "automake", "bazel", "binutils", "build-base", "build-essential", "cargo", "clang",
    "clang-*", "cmake", "cmake3", "cuda-compiler-*", "cuda-nvcc-*", "cuda-toolkit",
    "cuda-toolkit-*", "default-jdk", "g++", "g++-*", "gcc", "gcc-*", "gcc-c++", "gfortran",
    "golang", "golang-*", "libtool", "llvm", "llvm-*", "make", "maven", "meson", "ninja",
    "ninja-build", "nvidia-cuda-toolkit", "openjdk-*-jdk", "openjdk*-jdk", "rustc",
))  # fmt: skip
# `gcc-12-base` and `gcc-14-locales` hold no compiler.
_NOT_TOOLS = Globs(("gcc-*-base", "gcc-*-locales", "gcc-*-doc"))
# Headers, and the links by which a linker finds libraries. Those of Python are asked for by what
# compiles while it runs, and some libraries are found at run time only by such a link.
_HEADERS = ("-dev", "-devel", "-headers")
_NOT_HEADERS = ("python3", "cuda-cudart-", "libibverbs-", "librdmacm-", "libnuma-", "dpkg-")
_TOOL_IMAGES = frozenset(
    f"docker.io/library/{name}" for name in ("gcc", "golang", "gradle", "maven", "rust")
)
_COMPILERS = frozenset(
    ("make", "ninja", "gcc", "g++", "cc", "c++", "clang", "clang++", "nvcc", "rustc", "bazel")
)
# https://setuptools.pypa.io/en/latest/userguide/commands.html
_SETUP = frozenset(
    ("bdist_egg", "bdist_wheel", "build", "build_ext", "develop", "editable_wheel", "install")
)
_SUBCOMMANDS = {
    "cmake": ("--build",),
    "mvn": ("package", "install", "verify"),
    "gradle": ("build", "assemble"),
}


class Toolchain(NamedTuple):
    """A package that an installation brings in to build with, and the command that does.

    `headers` is true for what a compiler needs of a library, and is no program.
    """

    package: Requirement
    command: Command
    headers: bool = False


def upon_devel(stage: Stage) -> bool:
    """Whether the outside image that a stage starts from is a flavour with compilers."""
    use = stage.root_image
    return (
        use is not None and isinstance(use.reference, Known) and is_devel(use.reference.value.tag)
    )


def toolchain_image(use: ImageUse | None) -> bool:
    """Whether an image is a compiler's own."""
    return (
        use is not None
        and isinstance(use.reference, Known)
        and use.reference.value.name in _TOOL_IMAGES
    )


def shipped_tools(script: Script) -> tuple[Toolchain, ...]:
    """Build tools and headers that a script installs and does not remove again."""
    found = [
        (Toolchain(package, command, headers=_is_headers(package.name)), install.group)
        for command in script.commands
        for install in package_installs(command)
        if install.ecosystem.is_system
        for package in install.packages
        if _is_tool(package.name) or _is_headers(package.name)
    ]
    removed = packages_removed(script) if found else ()
    return tuple(
        tool
        for tool, group in found
        if not _matches(tool.package.name, removed) and not _matches(group, removed)
    )


def _is_headers(name: str) -> bool:
    return name.endswith(_HEADERS) and not name.startswith(_NOT_HEADERS)


def _is_tool(name: str) -> bool:
    return _TOOLS.matches(name) and not _NOT_TOOLS.matches(name)


def _matches(name: str, removed: Iterable[str]) -> bool:
    return any(name == other or "*" in removed for other in removed) if name else False


def compilations(script: Script) -> tuple[Command, ...]:
    """The commands of a script that turn source into programs."""
    return tuple(command for command in script.commands if _compiles(command))


def _compiles(command: Command) -> bool:
    if command.program in _COMPILERS:
        return not command.has_flag("--version", "-v", "-V")
    if is_python(command.program):
        texts = [word.text for word in command.arguments]
        return "setup.py" in texts and not _SETUP.isdisjoint(texts)
    call = manager_call(command)
    wanted = call.manager.builds if call else _SUBCOMMANDS.get(command.program, ())
    return bool(wanted) and any(word.text in wanted for word in command.arguments)


def compiles_at_run_time(document: Document, stage: Stage) -> bool:
    """Whether what a stage starts or holds compiles kernels while it runs."""
    server = server_of(document)
    if server is not None and server.facts is not None and server.facts.packaging.jit:
        return True
    return any(
        package.name in JIT_COMPILED
        for script in stage_scripts(document, stage)
        for command in script.commands
        for install in package_installs(command)
        for package in install.packages
    )
