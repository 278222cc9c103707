"""The rule `unpinned-gpu-stack`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.packages.python import PIP, PIPX
from imagelint.documents.queries.pins import listed, loose_packages, says_nothing
from imagelint.documents.shell.script import Command
from imagelint.knowledge.gpu_stack import GPU_STACK
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.packages.installs import PackageInstall, Requirement

# hadolint takes ranges, branches and addresses of files for versions.
_ANSWERS = {PIP.name: ("hadolint DL3013",), PIPX.name: ("hadolint DL3013",)}
_SHOWN = 5


@rule(Command, Severity.MEDIUM, references=("hadolint DL3013",), programs=PACKAGE_PROGRAMS)
def unpinned_gpu_stack(command: Command, ctx: Context) -> Findings:
    """A package of the GPU stack is installed in whatever version is newest.

    Torch, the engine and the compiled extensions fit each other only in certain versions, and
    each release is made for one CUDA: a rebuild can end with a server that does not start, that
    needs another driver, or that answers differently. Pin `torch`, `vllm`, `transformers`,
    `flash-attn` and their like to exact versions.

    Except:
        Constraint files, lock files, hashes, local paths, `git+…@<commit>` or a version's tag,
        torchvision and torchaudio beside a pinned torch. Requirements files are judged by
        `unpinned-requirement`.

    Bad:
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        RUN pip install --no-cache-dir vllm

    Good:
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        RUN pip install --no-cache-dir vllm==0.32.0
    """
    for install in package_installs(command):
        loose = [package for package in loose_packages(install) if package.name in GPU_STACK]
        if loose:
            silent = any(map(says_nothing, loose))
            yield ctx.finding(
                loose[0],
                f"{_how(loose)}: {command.place.again} may take another release",
                help=_help(install, loose),
                subject=loose[0].name,
                references=_ANSWERS.get(install.manager.name, ()) if silent else (),
            )


def _how(loose: list[Requirement]) -> str:
    if len(loose) > 1:
        return f"{listed(loose)} have no exact version"
    name, package = f"`{loose[0].name}`", loose[0]
    if package.url:
        return f"{name} comes from a branch or a file that can change"
    if package.specifier:
        return f"{name} is only bound to `{package.specifier}`"
    return f"{name} has no version"


def _help(install: PackageInstall, loose: list[Requirement]) -> str:
    if len(loose) == 1:
        pin = install.pin(loose[0])
        return f"name the version that was tested: `{pin.of(loose[0].name, '<version>')}`"
    pins = [f"`{install.pin(one).of(one.name, '<version>')}`" for one in loose[:_SHOWN]]
    more = ", and so on" if len(loose) > _SHOWN else ""
    return f"name the versions that were tested: {', '.join(pins)}{more}"
