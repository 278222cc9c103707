"""Questions about what the next build would install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.packagemanager import Ecosystem
from imagelint.documents.project import beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import Instruction, Stage
    from imagelint.documents.packages.installs import PackageInstall, Requirement
    from imagelint.documents.packages.requirements import Requirements
    from imagelint.documents.project import Project

__all__ = [
    "already_installed",
    "decided_elsewhere",
    "fixed_by_constraints",
    "is_for_others",
    "is_loose",
    "listed",
    "loose_packages",
    "loose_requirements",
    "may_be_installed",
    "names_commit",
    "names_no_version",
    "says_nothing",
]

# `git+https://…@v2.20.0`: a tag can be moved, but hardly ever is; a branch moves every day.
_VERSION_TAG = pattern(r"@[A-Za-z_-]*v?\d+(?:[._]\d+)+[A-Za-z0-9._+-]*(?:#.*)?\Z")
_GIT_COMMIT = pattern(r"#[0-9a-f]{40}(?:[0-9a-f]{24})?(?::|$)|[?&]commit=[0-9a-f]{40}")
# A version's tag can be moved, but hardly ever is: what `pip install git+…@v1.4.3` may do, too.
_GIT_TAG = pattern(
    r"(?:#(?:refs/tags/)?|[?&](?:ref|tag)=(?:refs/tags/)?)"
    r"[A-Za-z_-]*v?\d+(?:[._]\d+)+[A-Za-z0-9._-]*(?:[:&]|$)"
)
# Files that are not for the image, or that hold ranges on purpose; folders by their whole names.
_FOR_OTHERS = pattern(
    r"(?:^|.*/)(?:tests?|docs?|e2e|ci|\.github)/.*"
    r"|(?:.*[-_./])?(?:dev|develop|development|tests?|docs?|lint|constraints?)[-_.][^/]*"
    r"|.*\.in"
)
# Released together with torch, of which each demands one exact version.
_FOLLOWS_TORCH = frozenset(("torchaudio", "torchvision"))


_SURE = ("-y", "--yes")
# Where a project of Node says what it needs, and where that is installed.
_PROJECT_FILES = ("package", "node_modules")

_SHOWN = 5

# Whose operands are names of groups, which have no versions.
_OF_GROUPS = ("groupinstall", "group install")


def is_loose(package: Requirement) -> bool:
    """Whether certainly another version may come with the next build."""
    if not isinstance(package.pinned, Known) or package.pinned.value or package.local:
        return False
    if package.editable and not package.url:
        return False
    return _VERSION_TAG.search(package.url or package.raw) is None


def decided_elsewhere(install: PackageInstall) -> bool:
    """Whether constraints, hashes or a lock file decide which versions an installation takes."""
    return bool(install.constraints) or install.require_hashes or install.locked


def fixed_by_constraints(document: Requirements, project: Project) -> frozenset[str] | None:
    """Names that the constraints of a requirements file pin; None when one cannot be read."""
    from imagelint.documents.packages.requirements import Requirements

    names: set[str] = set()
    for reference in document.references:
        if not reference.constraint:
            continue
        found = project.document(beside(document.source.origin, reference.path), Requirements)
        if not isinstance(found, Known):
            return None
        names.update(package.name for package in found.value.packages if not is_loose(package))
    return frozenset(names)


def loose_packages(install: PackageInstall) -> tuple[Requirement, ...]:
    """The Python packages of an installation which no version binds."""
    if not install.ecosystem.holds_python or decided_elsewhere(install):
        return ()
    return _loose(install.packages)


def loose_requirements(document: Requirements, project: Project) -> tuple[Requirement, ...]:
    """The packages of a requirements file which no version binds, nor a constraint."""
    fixed = None if document.require_hashes else fixed_by_constraints(document, project)
    if fixed is None:
        return ()
    return tuple(one for one in _loose(document.packages) if one.name not in fixed)


def _loose(packages: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
    torch = any(package.name == "torch" and not is_loose(package) for package in packages)
    return tuple(
        package
        for package in packages
        if is_loose(package) and not (torch and package.name in _FOLLOWS_TORCH)
    )


def listed(packages: Iterable[Requirement]) -> str:
    """What packages are called, the first of them: `a`, `b` and 3 more."""
    names = list(dict.fromkeys(package.name or package.raw for package in packages))
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN])
    more = len(names) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def says_nothing(package: Requirement) -> bool:
    """Whether a package is named alone, or a repository: no range of versions, branch or file."""
    scheme, _, rest = package.url.partition("://")
    names_reference = "@" in rest.partition("/")[2]
    return not package.specifier and (not package.url or ("+" in scheme and not names_reference))


def names_commit(address: str) -> bool:
    """Whether the address of a repository says which commit is meant, or a variable does."""
    where = address.partition("?")[2] or address.partition("#")[2]
    return bool("$" in where or _GIT_COMMIT.search(address) or _GIT_TAG.search(address))


def names_no_version(install: PackageInstall, package: Requirement) -> bool:
    """Whether a package of a distribution is certainly asked for in any version at all."""
    if not install.ecosystem.is_system or install.verb in _OF_GROUPS:
        return False
    if not package.name or package.specifier:
        return False
    # `name/release` of apt takes the version of that; of a module it is only a part.
    bound = "/" in package.raw and install.verb not in install.manager.streamed
    return package.pinned == Known(value=False) and not bound


def is_for_others(origin: str) -> bool:
    """Whether a requirements file is not for an image, or holds ranges on purpose.

    Of one that is not below the user's folder only its own folder tells: those above say where
    somebody keeps the checkout.
    """
    outside = origin.startswith(("/", "../"))
    place = "/".join(origin.rsplit("/", 2)[1:]) if outside else origin
    return _FOR_OTHERS.fullmatch(place.lower()) is not None


def already_installed(document: Document, install: PackageInstall) -> bool:
    """Whether what is fetched to be started may be there, so that nothing is fetched.

    `uvx` and `pipx run` take what is installed by the same name, `npx` and `bunx` what the project
    or the image has. What has a version of its own is not looked for.
    """
    if install.run is None or any(package.specifier for package in install.packages):
        return False
    from imagelint.documents.queries.stages import anchor, chain, enclosing_stage

    stage = enclosing_stage(document, install.span)
    if stage is None:
        return install.run.installed_first and install.option(*_SURE) is None
    start = anchor(document, install.span)
    parts = tuple(chain(document, stage))
    names = {package.name for package in install.packages}
    before = tuple(_installed_before(parts, install, start))
    if any(names.intersection(package.name for package in one.packages) for one in before):
        return True
    if not install.run.installed_first or install.ecosystem is not Ecosystem.NPM:
        return False
    return any(not one.packages for one in before) or any(
        _brings_project(instruction)
        for part in parts
        for instruction in part.of("COPY", "ADD")
        if part is not stage or instruction.span.start < start
    )


def may_be_installed(install: PackageInstall) -> bool:
    """Whether the base image may have what is fetched to be started, which goes before."""
    run = install.run
    return bool(run and run.installed_first) and not any(one.specifier for one in install.packages)


def _installed_before(
    parts: tuple[Stage, ...], install: PackageInstall, start: int
) -> Iterator[PackageInstall]:
    for part in parts:
        for script in part.scripts:
            for command in script.commands:
                if part is parts[0] and command.span.start >= start:
                    continue
                for found in package_installs(command):
                    if found.ecosystem is install.ecosystem and found.run is None:
                        yield found


def _brings_project(instruction: Instruction) -> bool:
    """Whether a copy may bring a project of Node: its files, a folder, another stage's."""
    from imagelint.documents.queries.context import sources, whole_context

    if instruction.flag("from") is not None or whole_context(instruction) is not None:
        return True
    return any(
        "$" in word.text or "*" in word.text or word.text.endswith("/") or _is_of_project(word.text)
        for word in sources(instruction)
    )


def _is_of_project(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith(_PROJECT_FILES) or "." not in name
