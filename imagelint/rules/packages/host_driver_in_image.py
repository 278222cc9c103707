"""The rule `host-driver-in-image`."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from imagelint.documents.packages import package_installs
from imagelint.documents.script import Command
from imagelint.documents.stages import enclosing_stage
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.packages import Requirement

_DRIVER = (
    "cuda-drivers*", "libcuda1", "libcuda1-*", "libnvidia-compute*", "nvidia-dkms*",
    "nvidia-driver*", "nvidia-headless*", "nvidia-kernel*", "nvidia-open*", "nvidia-utils*",
    "xserver-xorg-video-nvidia*",
)  # fmt: skip
_TOOLKIT = (
    "libnvidia-container*", "nvidia-container-runtime*", "nvidia-container-toolkit*",
    "nvidia-docker*",
)  # fmt: skip
_RUN_FILE = re.compile(r"NVIDIA-Linux-[A-Za-z0-9_]+-[^/]*\.run$")
_CUDA_RUN_FILE = re.compile(r"cuda_[0-9][^/]*_linux[^/]*\.run$")
_RUNNERS = frozenset(("sh", "bash", "dash"))


@rule(Command, Severity.HIGH)
def host_driver_in_image(command: Command, ctx: Context) -> Findings:
    """The image brings a GPU driver or a container toolkit of its own.

    Kernel module and driver libraries belong to the host. The NVIDIA Container Toolkit mounts the
    host's `libcuda` into the container; a copy in the image takes its place, fits no other host,
    and fails with "driver/library version mismatch". The toolkit itself has no use in a container.
    Parts of the CUDA toolkit (`cuda-toolkit-12-8`, `libcudnn9`, `cuda-compat-12-8`) are no drivers.

    Except:
        Stages that are not shipped.

    Bad:
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        RUN apt-get update && apt-get install -y --no-install-recommends nvidia-driver-570

    Good:
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        RUN apt-get update && apt-get install -y --no-install-recommends libcudnn9-cuda-12
    """
    stage = enclosing_stage(ctx.document, command.span)
    if stage is None or not stage.shipped:
        return
    for install in package_installs(command):
        if install.ecosystem in ("deb", "rpm"):
            for package in install.packages:
                yield from _judge(package, ctx)
    yield from _installer(command, ctx)


def _judge(package: Requirement, ctx: Context) -> Findings:
    name = package.name
    if name == "cuda":
        yield ctx.finding(
            package,
            "the metapackage `cuda` installs a driver beside the toolkit",
            help="install `cuda-toolkit-<major>-<minor>`, or start from an nvidia/cuda image",
            subject=name,
            severity=Severity.MEDIUM,
        )
    elif _any(name, _DRIVER):
        yield ctx.finding(
            package,
            f"`{name}` is a part of the host's driver",
            help="leave it out: the container toolkit mounts the host's own",
            subject=name,
        )
    elif _any(name, _TOOLKIT):
        yield ctx.finding(
            package,
            f"`{name}` belongs on the host, not into a container",
            help="leave it out of the image and install it on the nodes",
            subject=name,
        )


def _any(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _installer(command: Command, ctx: Context) -> Findings:
    words = command.arguments[:1] if command.program in _RUNNERS else command.words[:1]
    for word in words:
        cuda = _CUDA_RUN_FILE.search(word.text)
        driver = cuda and command.has_flag("--driver")
        if _RUN_FILE.search(word.text) or driver:
            yield ctx.finding(
                word,
                f"`{word.text.rpartition('/')[2]}` installs the host's driver",
                help="install only the toolkit: `--toolkit` without `--driver`"
                if cuda
                else "leave it out: the container toolkit mounts the host's own",
                subject=word.text.rpartition("/")[2],
            )
