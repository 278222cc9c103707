"""What is read out of the store."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from imagelint.core.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Asked = Mapping[str, Sequence[str]]
    """Rules, each with the options that it is given."""


class RunView(NamedTuple):
    """A run. `finished` is empty while it goes on; `outcome` too.

    `asked` are the rules that it asks of images, each with its options; None: nobody knows.
    `contacts` tells how teams are reached, where the policy does.
    """

    id: int
    key: str
    sources: tuple[str, ...]
    options: str
    depth: str
    policy: str
    policy_digest: str
    fail_on: str
    version: str
    shards: int
    started: str
    finished: str
    outcome: str
    asked: Asked | None = None
    contacts: Mapping[str, str] = MappingProxyType({})


class Counts(NamedTuple):
    """Findings by severity that count, and how many do not."""

    critical: int = 0
    high: int = 0
    medium: int = 0
    low: int = 0
    info: int = 0
    allowed: int = 0

    @property
    def total(self) -> int:
        """All that count."""
        return sum(self[:5])


class Overview(NamedTuple):
    """A run in numbers.

    `categories` counts references, `outcomes` the audited ones by what they came to; `images` are
    different digests, `findings` those of all judgements of the run. `installed` are digests of
    images that have a package that is asked for.
    """

    references: int
    images: int
    size: int
    categories: dict[str, int]
    outcomes: dict[str, int]
    findings: Counts
    installed: int = 0


class ResultView(NamedTuple):
    """One reference of a run, with what was found in its image."""

    reference: str
    repository: str
    tag: str
    digest: str
    category: str
    detail: str
    owner: str
    signed: str
    exposed: str
    outcome: str
    findings: Counts
    judgement: str
    platform: str
    size: int
    created: str
    base: str
    at: str


class Whose(NamedTuple):
    """The team that owns what a reference leads to, and its digest; empty: there is none."""

    owner: str
    digest: str


class FindingView(NamedTuple):
    """A finding of one image. `allowed` is empty where it counts."""

    rule: str
    severity: int
    confidence: str
    message: str
    help: str
    place: str
    subject: str
    notes: tuple[str, ...]
    layer: str
    package: str
    vulnerability: str
    allowed: str
    reason: str
    until: str


class RollUp(NamedTuple):
    """Findings that have something in common.

    `images` are the different digests that have one. `severity` is that of the worst. `shared` are
    those which all images of a base have: what a new build of the base would take away.
    """

    name: str
    findings: int
    images: int
    severity: int
    shared: int = 0


class LayerView(NamedTuple):
    """A layer of an image, and what made it."""

    digest: str
    diff_id: str
    size: int
    command: str


class ImageView(NamedTuple):
    """An image, with the tags that lead or led to it as `repository:tag`."""

    digest: str
    kind: str
    platform: str
    config: str
    size: int
    created: str
    first_seen: str
    base_name: str
    layers: tuple[LayerView, ...]
    members: tuple[tuple[str, str], ...]
    tags: tuple[str, ...]


class TagView(NamedTuple):
    """What a tag led to, from when to when."""

    digest: str
    first_seen: str
    last_seen: str


class ProblemView(NamedTuple):
    """Something about a reference, or about a source, that could not be told."""

    reference: str
    category: str
    kind: str
    detail: str
    help: str


class WaiverView(NamedTuple):
    """A waiver of the policy of a run, and how many findings it allowed in it."""

    rule: str
    where: str
    subject: str
    reason: str
    owner: str
    ticket: str
    approver: str
    until: str
    origin: str
    used: int


class Drift(NamedTuple):
    """A difference between two runs.

    `kind` is `new`, `gone`, `moved` (another digest), `signature-lost`, `signed`, `worse` or
    `better` (another outcome); `before` and `after` are digests, or outcomes. `owner` is the team
    whose it is, or was.
    """

    reference: str
    kind: str
    before: str
    after: str
    owner: str = ""


class JudgedTwice(NamedTuple):
    """A reference in two runs: its judgements, empty where there is none.

    `is_told` says that it was audited in the later run, `is_alone` that one run alone has it.
    """

    reference: str
    owner: str
    before: str
    after: str
    is_told: bool = True
    is_alone: bool = False


class FindingChange(NamedTuple):
    """A finding that one of two runs has, or of which they say different things.

    `kind` is `new`, `fixed`, `allowed` or `counts-again`; of images that one run alone has
    `new-image` and `gone-image`; and where nobody knows whether it is still there `not-audited`, or
    `not-asked` where the later run asks no such rule, or with other options.
    """

    kind: str
    reference: str
    owner: str
    finding: FindingView


class TrendPoint(NamedTuple):
    """A finished run of a series."""

    run: int
    at: str
    references: int
    unaudited: int
    findings: Counts


class VulnerabilityView(NamedTuple):
    """A vulnerability of a run, and how widely it is spread.

    `exposed` is how many of the images are known to be reached from outside.
    """

    id: str
    severity: int
    title: str
    published: str
    fixed: bool
    epss: float | None
    exploited: str
    images: int
    findings: int
    exposed: int = 0
