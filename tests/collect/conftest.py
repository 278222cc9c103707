"""Programs for tests: real ones from `.tools/bin`, and fakes written on the spot."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagelint.testing.database import write_database
from imagelint.testing.images import Image, Layout, alpine, debian, python_package
from tools.lab.registry import Registry, free_port
from tools.lab.signing import Signing, push

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
PROVIDED = ROOT / ".tools" / "bin"


def need(*programs: str) -> None:
    """Skip where a program is missing; in CI nothing may be missing."""
    missing = [name for name in programs if shutil.which(name) is None]
    if not missing:
        return
    reason = f"{', '.join(missing)} not there: run `make tools`"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def provided_programs() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{PROVIDED}{os.pathsep}{os.environ['PATH']}")
        yield


class Lab:
    """A registry, keys and a vulnerability database. Images are pushed once, under their name."""

    def __init__(self, folder: Path, registry: Registry) -> None:
        self.folder = folder
        self.host = registry.host
        self.signing = Signing(folder / "keys")
        for name in ("build", "other"):
            self.signing.key(name)
        self.cache = folder / "trivy"
        write_database(self.cache)
        self._digests: dict[str, str] = {}

    @property
    def programs(self) -> Path:
        """Where the real programs are."""
        return PROVIDED

    @property
    def keys(self) -> Path:
        return self.signing.folder

    def push(self, name: str, image: Image | None = None) -> str:
        """Push an image, of its own content for its name, and give `repository@digest`."""
        repository = f"{self.host}/team/{name}"
        if name not in self._digests:
            layout = self.folder / "layouts" / name
            made = image or Image(({"name": name},))
            self._digests[name] = Layout(layout).add(made)
            push(layout, "v1", f"{repository}:v1")
        return f"{repository}@{self._digests[name]}"

    def layout(self, name: str) -> Path:
        return self.folder / "layouts" / name

    def vulnerable(self) -> Image:
        """An image with a fixed, an unfixed and an unmatched package."""
        system = alpine(("openssl", "3.1.4-r0"))
        return Image((system, python_package("vllm", "0.8.5") | python_package("torch", "2.5.0")))

    def cuda(self) -> Image:
        """A Debian whose packages are partly NVIDIA's."""
        nvidia = ("libcublas-12-4", "12.4.5.8-1", "cudatools <cudatools@nvidia.com>")
        return Image((debian(("openssl", "3.0.11-1", "Debian <x@lists.debian.org>"), nvidia),))


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, provided_programs: None) -> Iterator[Lab]:
    need("docker-registry", "cosign", "oras")
    folder = tmp_path_factory.mktemp("lab")
    with Registry(folder / "registry", free_port()) as registry:
        yield Lab(folder, registry)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    """Write a Python program under a name that is then found first on PATH."""
    folder = tmp_path / "fakes"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    def write(name: str, body: str) -> Path:
        program = folder / name
        program.write_text(f"#!{sys.executable}\nimport os, sys, time\n{body}\n", encoding="utf-8")
        program.chmod(0o755)
        return program

    return write
