"""What a Python project says it needs: its `pyproject.toml`, and the lock file beside it.

https://packaging.python.org/en/latest/specifications/pyproject-toml/#dependencies-optional-dependencies,
https://docs.astral.sh/uv/concepts/projects/dependencies/,
https://python-poetry.org/docs/pyproject/#dependencies
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeGuard

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.packages.model import PackageIndex, Requirement
from imagelint.documents.packages.pep508 import holds_in_images, normalise, read_requirement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.source import Source

__all__ = ["PROJECT_FILE", "ProjectList", "parse_lock", "parse_project"]

PROJECT_FILE = "pyproject.toml"

_EXACT = pattern(r"={0,2}\s*(\d[\w.+!]*)")
_PACKAGE = "[[package]]"
_NAME = pattern(r'^name = "([^"\n]+)"\nversion = "([^"\n]+)"', re.MULTILINE)
_OF_UV = pattern(r'^    \{ name = "([^"\n]+)"([^\n]*)$', re.MULTILINE)
_OF_POETRY = pattern(r'^([A-Za-z0-9._-]+) = "[^"\n]*"()$', re.MULTILINE)
_MARKER = pattern(r'marker = "([^"\n]*)"')
_LISTED = pattern(r"^[ \t]*dependencies[ \t]*=", re.MULTILINE)
_KEY = pattern(r"^[ \t]*[\"']?([A-Za-z0-9][A-Za-z0-9._-]*)[\"']?[ \t]*=", re.MULTILINE)
# In a line: the library's time grows with the square of the parts of a key.
_MOST_DOTS = 1_000
_OPTIONAL = "\noptional = true\n"
_ELSEWHERE = ("darwin", "win32", "Windows", "Darwin")


class ProjectList(NamedTuple):
    """What is certainly installed with a project, and the indexes that it takes it from."""

    packages: tuple[Requirement, ...] = ()
    indexes: tuple[PackageIndex, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The names of the packages."""
        return frozenset(one.name for one in self.packages)

    def without(self, names: frozenset[str]) -> ProjectList:
        """The same, but for packages of some names."""
        return self._replace(packages=tuple(one for one in self.packages if one.name not in names))


def parse_project(source: Source, program: str) -> ProjectList | None:
    """What a `pyproject.toml` says to a program: `pip`, `uv`, `poetry`, each of which has its own.

    Extras and groups are left out: which of them are installed, the command says. None for a text
    that is no TOML, or has keys of more parts than anybody writes.
    """
    if any(line.count(".") > _MOST_DOTS for line in source.text.split("\n")):
        return None
    import tomllib  # not above: hardly any Dockerfile installs a project

    try:
        data = tomllib.loads(source.text)
    except (ValueError, RecursionError):  # of its syntax, or a number of thousands of digits
        return None
    tool = _table(data.get("tool"))
    packages = [*_standard(source.text, _table(data.get("project")))]
    indexes: list[PackageIndex] = []
    if program == "poetry":
        poetry = _table(tool.get("poetry"))
        packages += _of_poetry(source.text, _table(poetry.get("dependencies")))
        indexes += _of_sources(source.text, poetry.get("source"), packages, poetry)
    elif program == "uv":
        indexes += _of_uv(source.text, _table(tool.get("uv")), {one.name for one in packages})
    return ProjectList(tuple(packages), tuple(indexes))


def parse_lock(source: Source, wanted: frozenset[str]) -> ProjectList:
    """The versions that a `uv.lock` or `poetry.lock` holds of some packages, and what they need.

    Programs write these files, a key a line. A package of several versions is left out, as each is
    for another platform.
    """
    locked: dict[str, list[tuple[int, re.Match[str]]]] = {}
    poetry = '\ncontent-hash = "' in source.text
    for start, text in _sections(source.text):
        head = _NAME.search(text)
        if head is not None and _OPTIONAL not in text:
            locked.setdefault(normalise(head[1]), []).append((start, head))
    pending, seen = sorted(wanted), set(wanted)
    for name in pending:
        # Most of what is locked is for other extras and platforms: nobody asks what that needs.
        texts = [head.string for _, head in locked.get(name, ())]
        needed = {other for text in texts for other in _needs(text, poetry=poetry)}
        pending += sorted(needed - seen)
        seen |= needed
    alone = (name for name in pending if len(locked.get(name, ())) == 1)
    return ProjectList(tuple(_locked(name, *locked[name][0]) for name in alone))


def _locked(name: str, start: int, head: re.Match[str]) -> Requirement:
    """The version that the head of a package tells, `start` being where its section begins."""
    span = Span(start + head.start(), start + head.start(2) - len('\nversion = "'))
    return Requirement(span, head[0], name, f"=={head[2]}", head[2], Known(value=True))


def _sections(text: str) -> Iterator[tuple[int, str]]:
    """What stands between the heads of packages, each with its offset."""
    at = text.find(_PACKAGE)
    while at >= 0:
        end = text.find(_PACKAGE, at + 1)
        yield at, text[at : end if end >= 0 else len(text)]
        at = end


def _needs(text: str, *, poetry: bool) -> Iterator[str]:
    """The names that a package needs under no condition, or because of Linux."""
    head, end = (
        ("\n[package.dependencies]\n", "\n\n") if poetry else ("\ndependencies = [\n", "\n]")
    )
    _, said, rest = text.partition(head)
    if said:
        shape = _OF_POETRY if poetry else _OF_UV
        for found in shape.finditer(rest.partition(end)[0]):
            marker = _MARKER.search(found[2])
            if marker is None or holds_in_images(marker[1]):
                yield normalise(found[1])


def _standard(text: str, project: Mapping[str, object]) -> Iterator[Requirement]:
    listed = _LISTED.search(text, max(0, text.find("[project]")))
    at = listed.end() if listed else 0
    for said in _texts(project.get("dependencies")):
        span = _place(text, said, at)
        at = max(at, span.end)
        found = read_requirement(said, span, said)
        if found is not None and found.name and holds_in_images(found.marker):
            yield found


def _of_poetry(text: str, dependencies: Mapping[str, object]) -> Iterator[Requirement]:
    head = max(0, text.find("[tool.poetry.dependencies]"))
    keys = {found[1]: found.span(1) for found in reversed([*_KEY.finditer(text, head)])}
    for name, said in dependencies.items():
        table = said if isinstance(said, dict) else {"version": said}
        version = table.get("version", "")
        if table.get("optional") or name == "python" or not isinstance(version, str):
            continue
        if not _is_for_all(table):
            continue
        found = _EXACT.fullmatch(version.strip())
        written = f"{name}=={found[1]}" if found else name
        span = Span(*keys[name]) if name in keys else _place(text, name, head)
        read = read_requirement(written, span, written)
        if read is not None:
            yield read._replace(specifier=version)


def _is_for_all(table: Mapping[str, object]) -> bool:
    """Whether a dependency of poetry's is installed with every Python, on Linux."""
    if "python" in table or table.get("platform", "linux") != "linux":
        return False
    return holds_in_images(str(table.get("markers", "")))


def _of_sources(
    text: str, sources: object, packages: list[Requirement], poetry: Mapping[str, object]
) -> Iterator[PackageIndex]:
    """Poetry's sources: those that are asked for all, and those that a package names."""
    dependencies = _table(poetry.get("dependencies"))
    wanted = {one.name for one in packages}
    named = {
        said.get("source")
        for name, said in dependencies.items()
        if isinstance(said, dict) and normalise(name) in wanted
    }
    for one in _tables(sources):
        if one.get("priority") != "explicit" or one.get("name") in named:
            yield from _index(text, one.get("url"))


def _of_uv(text: str, uv: Mapping[str, object], wanted: set[str]) -> Iterator[PackageIndex]:
    """Uv's indexes: those that are asked for all packages, and those that a package names."""
    named: set[object] = set()
    for name, said in _table(uv.get("sources")).items():
        if normalise(name) in wanted:
            named.update(
                one.get("index")
                for one in (_tables(said) if isinstance(said, list) else (_table(said),))
                if _holds(one)
            )
    for one in _tables(uv.get("index")):
        if not one.get("explicit") or one.get("name") in named:
            yield from _index(text, one.get("url"))
    yield from _index(text, uv.get("index-url"))
    for said in (*_texts(uv.get("extra-index-url")), *_texts(uv.get("find-links"))):
        yield from _index(text, said)


def _holds(source: Mapping[str, object]) -> bool:
    """Whether a source of uv's is the one of what is installed anyway."""
    return not ("extra" in source or "group" in source or _is_elsewhere(source.get("marker")))


def _index(text: str, url: object) -> Iterator[PackageIndex]:
    if isinstance(url, str):
        yield PackageIndex(_place(text, url, 0), "--index-url", Known(url))


def _is_elsewhere(marker: object) -> bool:
    """Whether a condition speaks of systems that no image of ours is of."""
    return isinstance(marker, str) and any(one in marker for one in _ELSEWHERE)


def _place(text: str, said: str, start: int) -> Span:
    """Where a string is written, from an offset on; the first line where that is not found."""
    at = text.find(said, start)
    if at < 0:
        end = text.find("\n")
        return Span(0, end if end >= 0 else len(text))
    return Span(at, at + len(said))


def _table(value: object) -> Mapping[str, object]:
    return value if _is_table(value) else {}


def _is_table(value: object) -> TypeGuard[dict[str, object]]:
    return isinstance(value, dict)


def _tables(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, list):
        yield from filter(_is_table, value)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, str))
