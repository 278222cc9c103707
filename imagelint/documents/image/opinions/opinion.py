"""What a further scanner says of an image, whichever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.core.record import NamedTuple
from imagelint.core.report import ProblemKind
from imagelint.documents.base import DocumentError
from imagelint.documents.image.image import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from imagelint.core.source import Span
    from imagelint.documents.image.jsonview import JsonView
    from imagelint.documents.image.opinions.identifiers import PackageKey
    from imagelint.documents.image.vulnerabilities import Vulnerability

KINDS = {
    "cargo": "rust-binary",
    "composer": "composer-vendor",
    "gem": "gemspec",
    "golang": "gobinary",
    "maven": "jar",
    "npm": "node-pkg",
    "nuget": "dotnet-core",
    "pypi": "python-pkg",
}
"""By type of package URL, what Trivy calls such a package in an image: the words of policies."""

TYPES = {
    "alpine": "apk",
    "chainguard": "apk",
    "debian": "deb",
    "echo": "deb",
    "minimos": "apk",
    "ubuntu": "deb",
    "wolfi": "apk",
    **{kind: type_ for type_, kind in KINDS.items()},
}
"""By Trivy's kind, the type of package URL; another system's packages are `rpm`."""


class Compared(NamedTuple):
    """What a scanner compared with its advisories.

    `types` are types of package URLs, `listed` the packages where it tells them (None: it does
    not), `unmatched` those that it listed and compared with nothing. `looks` is whether it looks
    into the image itself: otherwise it compares nothing that is not listed.
    """

    types: frozenset[str] = frozenset()
    listed: frozenset[PackageKey] | None = None
    unmatched: frozenset[PackageKey] = frozenset()
    looks: bool = True

    def covers(self, key: PackageKey, sources: Iterable[str] = ()) -> bool:
        """Whether its silence about a package says anything, by whichever name it knows it."""
        if key.type not in self.types or key in self.unmatched:
            return False
        return self.looks or self.lists(key, sources)

    def lists(self, key: PackageKey, sources: Iterable[str] = ()) -> bool:
        """Whether it lists a package; true where it does not tell."""
        if self.listed is None or key in self.listed:
            return True
        return any(key._replace(name=name) in self.listed for name in sources)


class Opinion(NamedTuple):
    """What a scanner says of an image.

    `scanner` is what people call it. Times are RFC 3339; of the database, empty when nobody knows.
    `system` is the distribution as it names it, `image_id` the digest of the configuration of what
    it scanned, empty for a bill of materials. The layer of a vulnerability is a diff id.
    `suppressed` is how many it found and left out by itself.
    """

    scanner: str
    version: str
    database: str
    vulnerabilities: tuple[Vulnerability, ...]
    compared: Compared
    system: str = ""
    image_id: str = ""
    packages: int | None = None
    suppressed: int = 0


class Disagreement(NamedTuple):
    """A package about which scanners disagree: some report what another is silent about.

    `package` is its name and version, `silent` who reports none of `ids`, `reporters` who does,
    `severity` the worst of them. `listed` is false where the silent one does not list the package.
    """

    span: Span
    package: str
    silent: str
    reporters: tuple[str, ...]
    ids: tuple[str, ...]
    severity: Severity
    subject: str
    path: str
    listed: bool = True


def rated(word: str) -> tuple[Severity, bool]:
    """A severity by its word, and whether anybody gave one: until then it is medium.

    What is negligible is low, as trivy-db has it for Ubuntu's word.
    https://github.com/aquasecurity/trivy-db/blob/main/pkg/vulnsrc/ubuntu/ubuntu.go
    """
    names = {"negligible": "low", "moderate": "medium", "important": "high"}
    found = names.get(word.lower(), word.lower())
    try:
        return Severity.named(found), True
    except KeyError:
        return Severity.MEDIUM, False


def entries(view: JsonView, what: str, scanner: str) -> Iterator[JsonView]:
    """The objects of a list that must be one.

    Raises:
        DocumentError: it is no list, or holds something else.
    """
    if not view.is_array:
        detail = f"`{what}` in {scanner}'s report is no list"
        raise DocumentError(ProblemKind.UNPARSABLE, detail)
    for one in view.items():
        if not one.is_object:
            detail = f"an entry of `{what}` in {scanner}'s report is no object"
            raise DocumentError(ProblemKind.UNPARSABLE, detail)
        yield one


def demanded(view: JsonView, what: str, scanner: str) -> str:
    """A text that must be there.

    Raises:
        DocumentError: it is not.
    """
    if not view.text:
        detail = f"an entry of {scanner}'s report has no `{what}`"
        raise DocumentError(ProblemKind.UNPARSABLE, detail)
    return view.text


ANYWHERE = NOWHERE
"""Where everything of a report is that has no text."""
