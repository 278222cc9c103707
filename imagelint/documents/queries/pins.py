"""Questions about what the next build would install."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.project import beside

if TYPE_CHECKING:
    from imagelint.documents.packages.installs import PackageInstall, Requirement
    from imagelint.documents.packages.requirements import Requirements
    from imagelint.documents.project import Project

__all__ = [
    "decided_elsewhere",
    "fixed_by_constraints",
    "is_for_others",
    "is_loose",
    "loose_packages",
    "loose_requirements",
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
