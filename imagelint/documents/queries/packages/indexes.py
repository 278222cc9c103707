"""Questions about which of several indexes a package is taken from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imagelint.documents.packages.installs import PackageInstall

# docs.astral.sh/uv/concepts/indexes: what asks all indexes, as pip does.
_STRATEGY = "--index-strategy"
_UNSAFE = "unsafe"
# docs.astral.sh/uv/reference/environment
_ORDERED = "UV_INDEX_URL"


def takes_the_newest_of_all(install: PackageInstall) -> bool:
    """Whether an installation takes the highest version that any of its indexes has."""
    if not install.ecosystem.holds_python:
        return False
    strategy = install.option(_STRATEGY)
    if strategy is not None and strategy.value is not None:
        return strategy.value.text.startswith(_UNSAFE)
    return _ORDERED not in install.manager.index_variables


def has_its_names_on_pypi(address: str) -> bool:
    """Whether the names of an index are those of the same owner on PyPI: nobody can take them.

    https://download.pytorch.org/whl has PyTorch's releases, as PyPI has. Its nightly builds need
    others, one of which was taken: https://pytorch.org/blog/compromised-nightly-dependency
    """
    first, *rest = address.partition("://")[2].split("/")
    released = rest[1:2] not in (["nightly"], ["test"])
    return first == "download.pytorch.org" and rest[:1] == ["whl"] and released
