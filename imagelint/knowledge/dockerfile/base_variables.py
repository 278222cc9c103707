"""The variables that base images set, of those images of which all are known.

Read from the Dockerfiles of the images: docker-library/official-images of November 2026 and what
it leads to, gitlab.com/nvidia/container-images/cuda, GoogleContainerTools/distroless,
pytorch/pytorch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.knowledge.globs import matches
from imagelint.knowledge.site.mirrors import original

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.knowledge.recognition import Image

_OFFICIAL = "docker.io/library/"
_PATH_ALONE = ("alpine", "almalinux", "amazonlinux", "busybox", "centos", "debian", "rockylinux")
_SETS: Mapping[str, tuple[str, ...]] = {
    **{f"{_OFFICIAL}{name}": () for name in (*_PATH_ALONE, "ubuntu", "buildpack-deps")},
    f"{_OFFICIAL}archlinux": ("LANG",),
    f"{_OFFICIAL}fedora": ("DISTTAG", "FGC", "container"),
    f"{_OFFICIAL}gcc": ("GNUPGHOME", "GPG_KEYS", "GCC_*"),
    f"{_OFFICIAL}golang": ("GOLANG_VERSION", "GOTOOLCHAIN", "GOPATH"),
    f"{_OFFICIAL}node": ("NODE_VERSION", "YARN_VERSION"),
    f"{_OFFICIAL}python": ("LANG", "GPG_KEY", "PYTHON_*"),
    f"{_OFFICIAL}rust": ("RUSTUP_HOME", "CARGO_HOME", "RUST_VERSION"),
    f"{_OFFICIAL}eclipse-temurin": ("JAVA_HOME", "JAVA_VERSION", "LANG", "LANGUAGE", "LC_ALL"),
    "*/nvidia/cuda": (
        *("CUDA_*", "CUDNN_*", "NCCL_VERSION", "NV_*", "NVARCH", "NVIDIA_*"),
        *("LD_LIBRARY_PATH", "LIBRARY_PATH"),
    ),
    "*/pytorch/pytorch": (
        *("CUDA_*", "CUDNN_*", "NCCL_VERSION", "NV_*", "NVARCH", "NVIDIA_*"),
        *("LD_LIBRARY_PATH", "LIBRARY_PATH", "PYTORCH_VERSION"),
    ),
    "gcr.io/distroless/*": ("SSL_CERT_FILE", "LANG", "LC_ALL", "JAVA_*"),
}
# Every build sets it: https://github.com/moby/buildkit/blob/master/util/system/path.go
_ALWAYS = ("PATH",)


def sets_variable(image: Image, name: str) -> bool | None:
    """Whether an image sets an environment variable; None where nobody knows."""
    known = original(image)
    path = f"{known.registry}/{known.repository}"
    found = next((names for glob, names in _SETS.items() if matches(path, glob)), None)
    if found is None:
        return True if name in _ALWAYS else None
    return any(matches(name, glob) for glob in (*_ALWAYS, *found))
