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
