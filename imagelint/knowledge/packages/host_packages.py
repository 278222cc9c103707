"""System packages and installers that belong on the host of a GPU, never into an image."""

from __future__ import annotations

from imagelint.core.pattern import pattern as lazy
from imagelint.knowledge.globs import Globs

__all__ = ["host_installer", "host_package"]

# The packages of https://docs.nvidia.com/datacenter/tesla/driver-installation-guide/ and
# https://docs.nvidia.com/datacenter/cloud-native/container-toolkit/. `libnvidia-ml-dev`,
# `cuda-compat-*` and `cuda-toolkit-*` are parts of the toolkit.
_PACKAGES = {
    # https://docs.nvidia.com/cuda/cuda-installation-guide-linux/#meta-packages
    "cuda": Globs(("cuda", "cuda-[0-9]*", "cuda-runtime", "cuda-runtime-[0-9]*")),
    "driver": Globs(
        (
            "cuda-drivers*",
            "libcuda1",
            "libcuda1-*",
            "libnvidia-compute*",
            "nvidia-dkms*",
            "nvidia-driver*",
            "nvidia-headless*",
            "nvidia-kernel*",
            "nvidia-open*",
            "nvidia-utils*",
            "xserver-xorg-video-nvidia*",
        )
    ),
    "toolkit": Globs(
        (
            "libnvidia-container*",
            "nvidia-container-runtime*",
            "nvidia-container-toolkit*",
            "nvidia-docker*",
        )
    ),
}
_DRIVER_FILE = lazy(r"NVIDIA-Linux-[A-Za-z0-9_]+-[^/]*\.run\Z")
_CUDA_FILE = lazy(r"cuda_[0-9][^/]*_linux[^/]*\.run\Z")


def host_package(name: str) -> str:
    """`driver`, `toolkit` (the container toolkit), `cuda` (brings a driver along), or empty."""
    for kind, patterns in _PACKAGES.items():
        if patterns.matches(name):
            return kind
    return ""


def host_installer(path: str) -> str:
    """`driver` for NVIDIA's self-extracting driver, `cuda` for that of CUDA, or empty."""
    if _DRIVER_FILE.search(path):
        return "driver"
    return "cuda" if _CUDA_FILE.search(path) else ""
