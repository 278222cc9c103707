from __future__ import annotations

import pytest

from imagelint.knowledge.packages.host_packages import host_installer, host_package


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("nvidia-driver-570-server", "driver"),
        ("libcuda1", "driver"),
        ("cuda", "cuda"),
        ("cuda-toolkit-12-8", ""),
        ("cuda-compat-12-8", ""),
        ("libnvidia-ml-dev", ""),
        ("nvidia-container-toolkit-base", "toolkit"),
    ],
)
def test_what_belongs_on_the_host_is_told_from_the_toolkit(name: str, kind: str) -> None:
    assert host_package(name) == kind


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("drivers/NVIDIA-Linux-x86_64-570.124.06.run", "driver"),
        ("cuda_12.8.1_570.124.06_linux.run", "cuda"),
        ("install.run", ""),
    ],
)
def test_installers_are_known_by_their_names(path: str, kind: str) -> None:
    assert host_installer(path) == kind
