"""What is written into the store, and what identifies it."""

from __future__ import annotations

import json
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from imagelint.core.digest import digest_of
from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from imagelint.core.finding import Severity

_ID_DIGITS = 32
_MOST_REMEMBERED = 2_048


class Category(Enum):
    """How it ended with one reference."""

    AUDITED = "audited"
    NOT_AN_IMAGE = "not-an-image"
    UNAUTHORIZED = "unauthorized"
    GONE = "gone"
    THROTTLED = "throttled"
    MALFORMED = "malformed"
    TOO_BIG = "too-big"
    TIMED_OUT = "timed-out"
    UNREACHABLE = "unreachable"
    NO_SBOM = "no-sbom"
    TOOL_FAILED = "tool-failed"

    @property
    def is_told(self) -> bool:
        """Whether it could be told what there was to tell."""
        return self in (Category.AUDITED, Category.NOT_AN_IMAGE)


class Layer(NamedTuple):
    """One layer as it is stored and unpacked, its bytes, what made it, and when; or empty."""

    digest: str
    diff_id: str
    size: int
    command: str = ""
    created: str = ""

    def chain(self, below: str | None) -> str:
        """The ChainID of this layer upon another chain, by SHA-256 whatever names the layer."""
        if below is None and self.diff_id.startswith("sha256:"):
            return self.diff_id
        import hashlib

        said = self.diff_id if below is None else f"{below} {self.diff_id}"
        return f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"


class Image(NamedTuple):
    """What is known of an image, or of an index and its `members` (digest and platform)."""

    digest: str
    kind: str = "image"
    media_type: str = ""
    platform: str = ""
    config: str | None = None
    layers: tuple[Layer, ...] = ()
    created: str = ""
    base_name: str = ""
    base_digest: str = ""
    members: tuple[tuple[str, str], ...] = ()


class Fact(NamedTuple):
    """What a tool (or nobody but the registry: empty) told about a digest."""

    digest: str
    kind: str
    data: bytes
    tool: str = ""


class StoredFinding(NamedTuple):
    """A finding, and why it does not count where it does not."""

    rule: str
    severity: Severity
    confidence: str
    message: str
    help: str = ""
    place: str = ""
    subject: str = ""
    notes: tuple[str, ...] = ()
    layer: str | None = None
    package: str | None = None
    vulnerability: str | None = None
    allowed: str | None = None
    reason: str = ""
    until: str = ""
    waiver: int | None = None

    @property
    def id(self) -> str:
        """Equal for what says the same, in whatever image it was found."""
        said = (*self[:7], json.dumps(self.notes), *self[8:11])
        return digest_of(*map(str, said))[:_ID_DIGITS]


class StoredPackage(NamedTuple):
    """A package in one version; `kind` is its type as Trivy calls it."""

    name: str
    version: str
    kind: str

    @property
    def id(self) -> str:
        """Equal for the same package in the same version."""
        return digest_of(*self)[:_ID_DIGITS]


class PackageList(NamedTuple):
    """Packages of an image that other images have together, too: those of a layer."""

    packages: frozenset[StoredPackage] = frozenset()

    @property
    def id(self) -> str:
        """Equal for the same packages."""
        return digest_of(*sorted(one.id for one in self.packages))[:_ID_DIGITS]


class StoredVulnerability(NamedTuple):
    """What is known of a vulnerability besides the images that have it.

    `fixed` is whether some package has a version without it, `published` and `exploited` are days
    or empty, `epss` a probability or None: nobody knows. `aliases` are its other names.
    """

    id: str
    severity: Severity
    title: str = ""
    published: str = ""
    fixed: bool = False
    epss: float | None = None
    exploited: str = ""
    aliases: tuple[str, ...] = ()


class Judgement(NamedTuple):
    """What was found in an image. `key` stands for all that decided besides the image.

    `vulnerabilities` are those that findings are about, as far as a scan told more of them.
    `statements` is the digest of the fact that it was made of, `examination` which rules said that.
    `packages` are those that a scan listed, together all; None where nobody listed any.
    """

    key: str
    repository: str
    digest: str
    outcome: str
    findings: tuple[StoredFinding, ...] = ()
    vulnerabilities: tuple[StoredVulnerability, ...] = ()
    examination: str | None = None
    statements: str | None = None
    packages: tuple[PackageList, ...] | None = None

    @property
    def id(self) -> str:
        """Equal for equal judgements."""
        return _judgement_id(self.key, self.repository, self.digest)


# It is asked for some times until an image is through.
@lru_cache(_MOST_REMEMBERED)
def _judgement_id(key: str, repository: str, digest: str) -> str:
    return digest_of(key, repository, digest)[:_ID_DIGITS]


class AskedRules(NamedTuple):
    """Which rules are asked of images, and how.

    `basis` is the digest of all that decides besides them; each of `rules` is a name, with the
    digest of its options where it has any.
    """

    basis: str
    rules: tuple[str, ...]

    @property
    def id(self) -> str:
        """Equal for what asks the same."""
        return digest_of(self.basis, *self.rules)[:_ID_DIGITS]


class StoredProblem(NamedTuple):
    """Something that could not be told."""

    category: Category
    kind: str
    detail: str
    help: str = ""


class Result(NamedTuple):
    """What came of one reference. `judgement` is the identifier of one.

    `exposed` is by what it is reached from outside where it runs; empty where no source tells that.
    """

    reference: str
    repository: str
    tag: str
    digest: str | None
    category: Category
    detail: str = ""
    judgement: str | None = None
    owner: str = ""
    signed: str | None = None
    exposed: str = ""
    problems: tuple[StoredProblem, ...] = ()


class Finished(NamedTuple):
    """All that is to be written once a reference is through."""

    result: Result
    images: tuple[Image, ...] = ()
    facts: tuple[Fact, ...] = ()
    judgement: Judgement | None = None


class UsedWaiver(NamedTuple):
    """A waiver of the policy, and how many findings it allowed."""

    rule: str
    where: str
    subject: str
    reason: str
    until: str
    origin: str
    used: int = 0
    owner: str = ""
    ticket: str = ""
    approver: str = ""


class NewRun(NamedTuple):
    """What a run is asked to do. Equal `key`s mean the same task.

    `asked` are the rules that it asks of images, in JSON: each with the options that it is given;
    `contacts` tells how teams are reached, in JSON.
    """

    key: str
    sources: tuple[str, ...]
    options: str = "{}"
    depth: str = "config"
    policy: str = ""
    policy_digest: str = ""
    fail_on: str = "high"
    version: str = ""
    shards: int = 1
    asked: str | None = None
    contacts: str | None = None


class Worker(NamedTuple):
    """Who works: on which shard (from 1 on), upon which machine, in which process."""

    host: str
    pid: int
    shard: int = 1
