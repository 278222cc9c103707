"""Questions about which of several indexes a package is taken from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.record import NamedTuple
from imagelint.documents.packages.model import PackageIndex

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.packages.installs import PackageInstall


class MixedIndexes(NamedTuple):
    """The index that is written second, and whose names anybody may take on PyPI: its address.

    `beside` is where they may come from instead: PyPI, or what takes its place.
    """

    second: PackageIndex
    names: str
    beside: str = "PyPI"


# docs.astral.sh/uv/concepts/indexes: what asks all indexes, as pip does.
_STRATEGY = "--index-strategy"
_UNSAFE = "unsafe"
# docs.astral.sh/uv/reference/environment
_ORDERED = "UV_INDEX_URL"
# pip.pypa.io/en/stable/topics/configuration/#environment-variables
_OPTIONS = (("_EXTRA_INDEX_URL", "--extra-index-url"), ("_INDEX_URL", "--index-url"))
_PYPI = ("pypi.org", "pypi.python.org")


def _takes_the_newest_of_all(install: PackageInstall) -> bool:
    """Whether an installation takes the highest version that any of its indexes has."""
    if not install.ecosystem.holds_python:
        return False
    strategy = install.option(_STRATEGY)
    if strategy is not None and strategy.value is not None:
        return strategy.value.text.startswith(_UNSAFE)
    return _ORDERED not in install.manager.index_variables


def indexes_mixed(document: Document, install: PackageInstall) -> tuple[PackageIndex, ...]:
    """The indexes of an installation that takes the highest version of all; none for others.

    Those of its options, else of variables that are set, to a value that is known.
    """
    if not _takes_the_newest_of_all(install):
        return ()
    from imagelint.documents.queries.stages import enclosing_stage, last_set_before

    command = install.command
    stage = enclosing_stage(document, command.span)
    found = list(install.indexes)
    for name in install.manager.index_variables:
        option = next((option for end, option in _OPTIONS if name.endswith(end)), "")
        if not option or any(index.option == option for index in install.indexes):
            continue
        own = next((one for one in command.assignments if one.name == name), None)
        variable = own or (stage and last_set_before(document, stage, name, command.span))
        if variable and isinstance(variable.value, Known):
            urls = variable.value.value.split()
            found += [PackageIndex(variable.span, option, Known(url)) for url in urls]
    return tuple(found)


def mixed_with_pypi(indexes: tuple[PackageIndex, ...]) -> MixedIndexes | None:
    """The index that is asked beside PyPI, or PyPI beside another one that comes first.

    None where both are one and the same.
    """
    second = [one for one in indexes if one.option == "--extra-index-url"]
    instead = [_address(one) for one in indexes if one.option == "--index-url"][-1:]
    same = [address.rstrip("/") for address in instead if address]
    private = next(
        (one for one in second if not _is_public(one) and _address(one).rstrip("/") not in same),
        None,
    )
    if private is not None:
        beside = "PyPI" if not instead or is_pypi(instead[0]) else instead[0] or "the first index"
        return MixedIndexes(private, _address(private), beside)
    first = [one for one in indexes if one.option == "--index-url" and not _is_public(one)]
    pypi = next((one for one in second if is_pypi(_address(one))), None)
    return MixedIndexes(pypi, _address(first[0])) if first and pypi is not None else None


def _address(index: PackageIndex) -> str:
    return index.url.value if isinstance(index.url, Known) else ""


def _is_public(index: PackageIndex) -> bool:
    address = _address(index)
    return is_pypi(address) or has_its_names_on_pypi(address)


def has_its_names_on_pypi(address: str) -> bool:
    """Whether the names of an index are those of the same owner on PyPI: nobody can take them.

    https://download.pytorch.org/whl has PyTorch's releases, as PyPI has. Its nightly builds need
    others, one of which was taken: https://pytorch.org/blog/compromised-nightly-dependency
    """
    first, *rest = _parts(address)
    released = rest[1:2] not in (["nightly"], ["test"])
    return first == "download.pytorch.org" and rest[:1] == ["whl"] and released


def is_pypi(address: str) -> bool:
    """Whether an index is PyPI itself."""
    return _parts(address)[0].rpartition("@")[2] in _PYPI


def _parts(address: str) -> list[str]:
    return address.partition("://")[2].split("/")
