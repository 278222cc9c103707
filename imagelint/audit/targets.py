"""What is to be audited: one reference each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.core.reference import parse_reference, reference_fault
from imagelint.documents.image.manifest import is_digest

if TYPE_CHECKING:
    from imagelint.core.reference import ImageReference

# What lies beside images under tags: https://github.com/opencontainers/distribution-spec/blob/main/spec.md
# (referrers tag schema), and cosign's `.sig`, `.att`, `.sbom`.
_BESIDE = pattern(r"sha(256|512)-[0-9a-f]{64,128}(\..*)?")


class Target(NamedTuple):
    """One image to look at. What a source does not tell is empty.

    `reference` is what results are about, `repository` the registry and repository as people write
    them, `pushed` a time in UTC (`2026-01-31T12:00:00Z`), `exposed` by what the image that runs is
    reached from outside.
    """

    reference: str
    repository: str
    tag: str = ""
    digest: str = ""
    pushed: str = ""
    exposed: str = ""

    @property
    def folder(self) -> str:
        """The folder of an OCI layout; empty for what is in a registry."""
        scheme = "oci:"
        return self.repository.removeprefix(scheme) if self.repository.startswith(scheme) else ""

    @property
    def registry(self) -> str:
        """The registry; empty for what lies in a folder."""
        parsed = self.parsed
        return parsed.registry if parsed else ""

    @property
    def parsed(self) -> ImageReference | None:
        """The reference to ask the registry by."""
        return parse_reference(self.repository)


def target_of(text: str) -> Target | None:
    """The target that a reference is; None when it is none."""
    found = None if reference_fault(text) else parse_reference(text)
    if found is None or (found.digest and not is_digest(found.digest)):
        return None
    tag = "" if found.digest and not found.tag else found.tag or "latest"
    return Target(str(found._replace(tag=tag)), found.familiar, tag, found.digest)


def tagged(repository: str, tag: str, digest: str = "", pushed: str = "") -> Target:
    """The target under a tag of a repository."""
    return Target(f"{repository}:{tag}", repository, tag, digest, pushed)


def lies_beside(tag: str) -> bool:
    """Whether a tag is of a signature or the like, and not of an image."""
    return _BESIDE.fullmatch(tag) is not None
