"""Fixtures of pytest for what judges, scans, signs or serves images, all on the own machine.

    pytest_plugins = ["imagelint.testing.fixtures"]  # in the conftest.py at the top

They need nothing but Python: no network, no container engine, no other program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

try:
    import pytest
except ImportError as error:
    raise ImportError("install pytest: pip install 'imagelint[testing]'") from error

from imagelint.testing.authority import Authority
from imagelint.testing.database import write_database
from imagelint.testing.images import Image, Layout
from imagelint.testing.keys import SigningKey
from imagelint.testing.registry import MemoryRegistry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from imagelint.testing.database import Bucket

    MakeLayout = Callable[[Mapping[str, str | bytes] | Image], Path]
    MakeKey = Callable[[str], SigningKey]
    MakeAuthority = Callable[[str], Authority]
    MakeDatabase = Callable[..., Path]

__all__ = (
    "image_layout",
    "loopback_registry",
    "signing_authority",
    "signing_key",
    "vulnerability_database",
)


@pytest.fixture
def image_layout(tmp_path_factory: pytest.TempPathFactory) -> MakeLayout:
    """A function: files by their paths in the image, or an `Image`; its OCI layout, tagged `v1`."""

    def make(content: Mapping[str, str | bytes] | Image) -> Path:
        image = content if isinstance(content, Image) else Image((content,))
        layout = Layout(tmp_path_factory.mktemp("layout"))
        layout.add(image)
        return layout.folder

    return make


@pytest.fixture
def loopback_registry() -> Iterator[MemoryRegistry]:
    """A registry on the loopback interface: it behaves until its `script` says otherwise."""
    with MemoryRegistry() as registry:
        yield registry


@pytest.fixture
def signing_key(tmp_path_factory: pytest.TempPathFactory) -> MakeKey:
    """A function: a name; a pair of keys of its own that signs images and other statements."""
    return lambda name: SigningKey(tmp_path_factory.mktemp(name))


@pytest.fixture
def signing_authority(tmp_path_factory: pytest.TempPathFactory) -> MakeAuthority:
    """A function: a name; what stands for Fulcio, its log and Rekor, with a trusted root."""
    return lambda name: Authority(tmp_path_factory.mktemp(name))


@pytest.fixture
def vulnerability_database(tmp_path_factory: pytest.TempPathFactory) -> MakeDatabase:
    """A function: a folder for Trivy's `--cache-dir`, with a database of made-up advisories.

    `age_hours` is how old it says it is, `tree` its advisories in place of those made up.
    """

    def make(*, age_hours: float = 0, tree: Bucket | None = None) -> Path:
        cache = tmp_path_factory.mktemp("trivy")
        write_database(cache, age_hours=age_hours, tree=tree)
        return cache

    return make
