"""The rule `unpinned-gpu-stack`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.packages.python import PIP, PIPX
from imagelint.documents.queries.pins import loose_packages, says_nothing
from imagelint.documents.shell.script import Command
from imagelint.knowledge.gpu_stack import GPU_STACK
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.packages.installs import Requirement

# hadolint takes ranges, branches and addresses of files for versions.
_ANSWERS = {PIP.name: ("hadolint DL3013",), PIPX.name: ("hadolint DL3013",)}


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
        for package in loose_packages(install):
            if package.name in GPU_STACK:
                pin = install.pin(package)
                yield ctx.finding(
                    package,
                    f"`{package.name}` {_how(package)}: "
                    f"{command.place.again} may take another release",
                    help=f"name the version that was tested: `{pin.of(package.name, '<version>')}`",
                    subject=package.name,
                    references=(
                        _ANSWERS.get(install.manager.name, ()) if says_nothing(package) else ()
                    ),
                )


def _how(package: Requirement) -> str:
    if package.url:
        return "comes from a branch or a file that can change"
    return f"is only bound to `{package.specifier}`" if package.specifier else "has no version"
