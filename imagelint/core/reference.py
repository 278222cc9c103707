"""Image references by the distribution grammar."""

from __future__ import annotations

import re

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple

# https://github.com/distribution/reference/blob/main/regexp.go
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_DOMAIN_PART = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"(?:{_DOMAIN_PART}(?:\.{_DOMAIN_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_REFERENCE = pattern(
    rf"(?P<name>(?:{_DOMAIN}/)?{_COMPONENT}(?:/{_COMPONENT})*)"
    r"(?::(?P<tag>[\w][\w.-]{0,127}))?"
    r"(?:@(?P<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?",
    re.ASCII,
)
_DOCKER_HUB = "docker.io"
UNKNOWN_PART = "\0"
"""Stands in a text for what is not known of it: no reference can hold it."""


class ImageReference(NamedTuple):
    """A reference taken apart. `registry` and `repository` are normalised as Docker does it.

    `alpine` is registry `docker.io`, repository `library/alpine`; `familiar` is what people write.
    """

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.familiar}{tag}{digest}"

    @property
    def name(self) -> str:
        """Registry and repository, in full."""
        return f"{self.registry}/{self.repository}"

    @property
    def familiar(self) -> str:
        """The name without what Docker adds by itself."""
        if self.registry != _DOCKER_HUB:
            return self.name.lstrip("/")
        return self.repository.removeprefix("library/")


def differ(one: ImageReference, other: ImageReference) -> bool:
    """Whether references to one repository certainly name two images; no tag means the latest."""
    if one.digest and other.digest:
        return one.digest.lower() != other.digest.lower()
    tags = [each.tag or ("" if each.digest else "latest") for each in (one, other)]
    return all(tags) and tags[0] != tags[1]


def parse_reference(text: str) -> ImageReference | None:
    """The reference that `text` is, or None when it is not one."""
    match = _REFERENCE.fullmatch(text)
    if match is None:
        return None
    name = match["name"]
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost" or first != first.lower()):
        registry, repository = first, rest
    else:
        registry, repository = _DOCKER_HUB, name
    if registry == "index.docker.io":
        registry = _DOCKER_HUB
    if registry == _DOCKER_HUB and "/" not in repository:
        repository = f"library/{repository}"
    return ImageReference(registry, repository, match["tag"] or "", match["digest"] or "")


class PartialReference(NamedTuple):
    """What is known of a reference that variables are part of.

    `name` has an empty registry where that is not known, and a tag only when it is; it is None
    when the repository is not known. `tag` is absent when there certainly is none, and unknown
    beside a digest.
    """

    name: ImageReference | None = None
    tag: Fact[str] = UNKNOWN


def parse_partial(text: str) -> PartialReference:
    """What is known of a reference in which `UNKNOWN_PART` stands for what is not."""
    head, slash, last = text.rpartition("/")
    written, digest, _ = last.partition("@")
    repository, colon, tag = written.partition(":")
    fact: Fact[str] = UNKNOWN
    if not digest and UNKNOWN_PART not in tag:
        if tag:
            fact = Known(tag)
        elif not colon and UNKNOWN_PART not in repository:
            fact = ABSENT
    if UNKNOWN_PART in repository:
        return PartialReference(None, fact)
    known = tag if isinstance(fact, Known) else ""
    if UNKNOWN_PART not in head:
        name = parse_reference(f"{head}{slash}{repository}")
        return PartialReference(name._replace(tag=known) if name else None, fact)
    path = head.rpartition(UNKNOWN_PART)[2].partition("/")[2]
    path = f"{path}/{repository}" if path else repository
    valid = parse_reference(path) is not None
    return PartialReference(ImageReference("", path, known) if valid else None, fact)


def reference_fault(text: str) -> str:
    """Why a text is refused as the name of an image; empty when it is one.

    The rules are those of `reference.ParseNormalizedNamed` of distribution/reference, with which
    BuildKit, Docker and the kubelet read names.
    """
    reference = parse_reference(text)
    if reference is not None:
        return _digest_fault(reference)
    if not text.strip():
        return "comes to nothing"
    if any(character.isspace() for character in text):
        return "has a blank in it"
    name, at, _ = text.partition("@")
    path, colon, tag = name.rpartition(":") if ":" in name.rpartition("/")[2] else (name, "", "")
    if colon and _DIGEST_LENGTHS.get(path.rpartition(":")[2]):
        return "has its digest behind a colon: it belongs behind an @"
    if parse_reference(path.lower()) is not None and path != path.lower():
        return "has capital letters in its repository"
    if colon and not tag:
        return "ends in a colon without a tag"
    if at and parse_reference(name) is not None:
        return "has no digest behind its @"
    return "is no name of an image"


_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}
_LONGEST_NAME = 255


def _digest_fault(reference: ImageReference) -> str:
    algorithm, colon, digits = reference.digest.partition(":")
    if colon and algorithm not in _DIGEST_LENGTHS:
        return f"has a digest of {algorithm}, which nobody reads"
    if colon and len(digits) != _DIGEST_LENGTHS[algorithm]:
        return f"has a digest of {len(digits)} digits: {algorithm} has {_DIGEST_LENGTHS[algorithm]}"
    if digits != digits.lower():
        return "has capital letters in its digest"
    return "is longer than a name may be" if len(reference.name) > _LONGEST_NAME else ""
