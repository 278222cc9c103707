"""The tables. What each column means stands here, and docs/store.md is made of it.

Times are texts in UTC, `2026-01-31T12:00:00Z`, which sort as they pass. Digests are written in
full (`sha256:…`). Identifiers are made of what a row says, so that two runs that find out the same
write the same row: whoever comes second changes nothing.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Float, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from imagelint.store.contents.tables import AliasRow, InventoryRow, PackageListRow, PackageRow
from imagelint.store.gated import EvaluationRow, MeasureRow, PromotionRow, VerdictRow
from imagelint.store.table import BY_KEY, Base

__all__ = [
    "AliasRow",
    "Base",
    "ChainRow",
    "EvaluationRow",
    "ExaminationRow",
    "FactRow",
    "FindingRow",
    "ImageRow",
    "IndexMemberRow",
    "InventoryRow",
    "JudgedRow",
    "JudgementRow",
    "MeasureRow",
    "PackageListRow",
    "PackageRow",
    "ProblemRow",
    "PromotionRow",
    "ResultRow",
    "RunRow",
    "RunTotalRow",
    "TagRow",
    "VerdictRow",
    "VulnerabilityRow",
    "WaiverRow",
    "WorkerRow",
]


class RunRow(Base):
    """One audit of some sources by one policy: it goes on until all its shards are through."""

    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(primary_key=True, doc="Counts up.")
    key: Mapped[str] = mapped_column(
        String(64), doc="Of what was asked: a run that was cut off goes on under the same."
    )
    sources: Mapped[str] = mapped_column(Text, doc="JSON array: the sources as they were named.")
    options: Mapped[str] = mapped_column(
        Text, doc="JSON object: patterns, platforms, and the lists (`kev`, `epss`) it was given."
    )
    depth: Mapped[str] = mapped_column(
        String(16), doc="How deep it looked: `config`, `signatures`, `sbom`, `layers` or `scan`."
    )
    policy: Mapped[str] = mapped_column(Text, doc="The name of the policy.")
    policy_digest: Mapped[str] = mapped_column(String(71), doc="What the policy says, by digest.")
    fail_on: Mapped[str] = mapped_column(String(8), doc="The lowest severity that fails.")
    version: Mapped[str] = mapped_column(String(32), doc="Of imagelint.")
    shards: Mapped[int] = mapped_column(default=1, doc="Into how many parts it is divided.")
    asked: Mapped[str | None] = mapped_column(
        Text, doc="JSON object: the rules that images are asked, with the options of each."
    )
    contacts: Mapped[str | None] = mapped_column(
        Text, doc="JSON object: teams, each with how it is reached, as the policy's `owners:` say."
    )
    started: Mapped[str] = mapped_column(String(20), doc="When it began.")
    finished: Mapped[str | None] = mapped_column(String(20), doc="When its last shard was through.")
    outcome: Mapped[str | None] = mapped_column(
        String(10), doc="`pass`, `fail` or `incomplete`; of a finished run."
    )

    __table_args__ = (Index(None, "key", "finished"),)


class RunTotalRow(Base):
    """A run that is through in numbers: a trend over many runs need not count each anew."""

    __tablename__ = "run_totals"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True, doc="The run.")
    results: Mapped[int] = mapped_column(doc="Its references.")
    untold: Mapped[int] = mapped_column(doc="Those that could not be audited.")
    critical: Mapped[int] = mapped_column(doc="Findings of that severity that count.")
    high: Mapped[int] = mapped_column(doc="The same.")
    medium: Mapped[int] = mapped_column(doc="The same.")
    low: Mapped[int] = mapped_column(doc="The same.")
    info: Mapped[int] = mapped_column(doc="The same.")
    allowed: Mapped[int] = mapped_column(doc="Findings that do not count.")


class WorkerRow(Base):
    """Who works on a shard of a run, or did."""

    __tablename__ = "workers"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True, doc="The run.")
    shard: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, doc="From 1 on.")
    host: Mapped[str] = mapped_column(Text, doc="The machine.")
    pid: Mapped[int] = mapped_column(doc="The process on it.")
    started: Mapped[str] = mapped_column(String(20), doc="When it last began.")
    seen: Mapped[str] = mapped_column(String(20), doc="When it last wrote.")
    finished: Mapped[str | None] = mapped_column(String(20), doc="When it was through.")


class ResultRow(Base):
    """What a run came to about one reference: every reference ends in one category."""

    __tablename__ = "results"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True, doc="The run.")
    reference: Mapped[str] = mapped_column(
        Text, primary_key=True, doc="The image as the source named it."
    )
    repository: Mapped[str] = mapped_column(Text, doc="`registry/repository`, or `oci:FOLDER`.")
    tag: Mapped[str] = mapped_column(Text, doc="The tag; empty where there is none.")
    digest: Mapped[str | None] = mapped_column(
        String(135), doc="What it led to; null when that could not be told."
    )
    category: Mapped[str] = mapped_column(
        String(16),
        doc="`audited`, `not-an-image`, or why it could not be audited: `unauthorized`, `gone`, "
        "`throttled`, `malformed`, `too-big`, `timed-out`, `unreachable`, `no-sbom`, or "
        "`tool-failed`.",
    )
    detail: Mapped[str] = mapped_column(Text, doc="Why, in words; empty for `audited`.")
    judgement: Mapped[str | None] = mapped_column(
        ForeignKey("judgements.id"), doc="What was found; null when it could not be audited."
    )
    owner: Mapped[str] = mapped_column(Text, doc="The team, as the policy's `owners:` say.")
    signed: Mapped[str | None] = mapped_column(
        String(10), doc="`signed` or `unsigned`; null when nobody looked."
    )
    exposed: Mapped[str] = mapped_column(
        Text,
        server_default="",
        doc="By what it is reached from outside where it runs; empty: nobody knows of anything.",
    )
    shard: Mapped[int] = mapped_column(doc="Who did it.")
    at: Mapped[str] = mapped_column(String(20), doc="When.")

    __table_args__ = (Index(None, "digest"), Index(None, "repository", "tag"), BY_KEY)


class ProblemRow(Base):
    """Something about a reference that could not be told in a run."""

    __tablename__ = "problems"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True, doc="The run.")
    reference: Mapped[str] = mapped_column(Text, primary_key=True, doc="The image, or a source.")
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, doc="From 0 on.")
    category: Mapped[str] = mapped_column(String(16), doc="As in `results`.")
    kind: Mapped[str] = mapped_column(String(20), doc="The kind of problem, as reports call it.")
    detail: Mapped[str] = mapped_column(Text, doc="What happened.")
    help: Mapped[str] = mapped_column(Text, doc="What would help.")


class ImageRow(Base):
    """An image, or an index of images, by its digest."""

    __tablename__ = "images"

    digest: Mapped[str] = mapped_column(String(135), primary_key=True, doc="Of the manifest.")
    kind: Mapped[str] = mapped_column(String(8), doc="`image`, `index` or `artifact`.")
    media_type: Mapped[str] = mapped_column(Text, doc="As the manifest says.")
    platform: Mapped[str] = mapped_column(Text, doc="`linux/amd64`; empty for an index.")
    config: Mapped[str | None] = mapped_column(String(135), doc="The digest of its configuration.")
    size: Mapped[int] = mapped_column(BigInteger, doc="Bytes of its layers as they are stored.")
    layers: Mapped[int] = mapped_column(doc="How many layers it has.")
    created: Mapped[str] = mapped_column(Text, doc="When it was built, as it says itself.")
    chain: Mapped[str | None] = mapped_column(String(71), doc="All its layers as one chain.")
    base_name: Mapped[str] = mapped_column(Text, doc="`org.opencontainers.image.base.name`.")
    base_digest: Mapped[str] = mapped_column(Text, doc="`org.opencontainers.image.base.digest`.")
    first_seen: Mapped[str] = mapped_column(String(20), doc="When a run first met it.")

    __table_args__ = (Index(None, "chain"), BY_KEY)


class IndexMemberRow(Base):
    """Which images an index lists."""

    __tablename__ = "index_members"

    listing: Mapped[str] = mapped_column(String(135), primary_key=True, doc="The index.")
    digest: Mapped[str] = mapped_column(String(135), primary_key=True, doc="The image.")
    platform: Mapped[str] = mapped_column(Text, doc="For which platform it lists it.")

    __table_args__ = (BY_KEY,)


class ChainRow(Base):
    """Layers upon one another: images with the same base have its chain in common.

    https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid
    """

    __tablename__ = "chains"

    chain: Mapped[str] = mapped_column(String(71), primary_key=True, doc="The ChainID.")
    parent: Mapped[str | None] = mapped_column(String(71), doc="The chain below.")
    layer: Mapped[str] = mapped_column(String(135), doc="The digest of the layer on top.")
    diff_id: Mapped[str] = mapped_column(String(135), doc="The same layer unpacked.")
    size: Mapped[int] = mapped_column(BigInteger, doc="Bytes of that layer as it is stored.")
    depth: Mapped[int] = mapped_column(doc="How many layers it is, this one counted.")
    command: Mapped[str] = mapped_column(Text, doc="What made the layer; secrets masked, cut.")
    created: Mapped[str] = mapped_column(
        Text, server_default="", doc="When that layer was made, as an image says; or empty."
    )
    repository: Mapped[str] = mapped_column(
        Text, doc="The only repository with such images; `*`: there are several."
    )
    base: Mapped[str | None] = mapped_column(
        String(71), doc="The nearest chain below that several repositories have."
    )

    # In the order in which they come: then what stands in the index does so, too.
    __table_args__ = (Index(None, "depth"),)


class TagRow(Base):
    """What a tag led to, and from when to when."""

    __tablename__ = "tags"

    repository: Mapped[str] = mapped_column(Text, primary_key=True, doc="`registry/repository`.")
    tag: Mapped[str] = mapped_column(Text, primary_key=True, doc="The tag.")
    position: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, doc="From 1 on: it moves when it leads elsewhere."
    )
    digest: Mapped[str] = mapped_column(String(135), doc="What it led to.")
    first_seen: Mapped[str] = mapped_column(String(20), doc="When a run first saw it there.")
    last_seen: Mapped[str] = mapped_column(String(20), doc="When a run last saw it there.")

    __table_args__ = (BY_KEY,)


class FactRow(Base):
    """Something that is so for a digest for ever, or for as long as its tool stays the same."""

    __tablename__ = "facts"

    digest: Mapped[str] = mapped_column(
        String(135), primary_key=True, doc="What it is about: manifest, configuration, layer."
    )
    kind: Mapped[str] = mapped_column(
        String(24),
        primary_key=True,
        doc="`manifest`, `config`, `layer`, `scan`, or `statements`: what rules said.",
    )
    tool: Mapped[str] = mapped_column(
        Text, primary_key=True, doc="Who told it, in which version, by which database; or empty."
    )
    data: Mapped[bytes] = mapped_column(LargeBinary, doc="Zstandard of what was told.")
    at: Mapped[str] = mapped_column(String(20), doc="When it was told.")


class ExaminationRow(Base):
    """Which rules were asked of images, and how: what they said is so by any policy with them."""

    __tablename__ = "examinations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, doc="Made of the two below.")
    basis: Mapped[str] = mapped_column(
        String(64), doc="Of all that decides besides the rules: environment, version, platforms."
    )
    rules: Mapped[str] = mapped_column(
        Text, doc="JSON array: names, each with a digest of its options where it has any."
    )

    __table_args__ = (Index(None, "basis"), BY_KEY)


class JudgementRow(Base):
    """What one policy says about one image in one repository."""

    __tablename__ = "judgements"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, doc="Made of the three below.")
    key: Mapped[str] = mapped_column(
        String(64), doc="Of all that decided besides the image: policy, version, depth, day."
    )
    repository: Mapped[str] = mapped_column(Text, doc="`registry/repository`.")
    digest: Mapped[str] = mapped_column(String(135), doc="The image or the index.")
    outcome: Mapped[str] = mapped_column(String(10), doc="`pass`, `fail` or `incomplete`.")
    critical: Mapped[int] = mapped_column(doc="Findings of that severity that count.")
    high: Mapped[int] = mapped_column(doc="The same.")
    medium: Mapped[int] = mapped_column(doc="The same.")
    low: Mapped[int] = mapped_column(doc="The same.")
    info: Mapped[int] = mapped_column(doc="The same.")
    allowed: Mapped[int] = mapped_column(doc="Findings that do not count.")
    at: Mapped[str] = mapped_column(String(20), doc="When it was judged.")
    examination: Mapped[str | None] = mapped_column(
        String(32), doc="Which rules were asked: see `examinations`; null where it looked deeper."
    )
    statements: Mapped[str | None] = mapped_column(
        String(71), doc="What they said: the digest of a fact of the kind `statements`."
    )

    __table_args__ = (BY_KEY,)


class FindingRow(Base):
    """A statement of a rule. What is found alike in many images stands here once."""

    __tablename__ = "findings"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, doc="Made of what it says.")
    rule: Mapped[str] = mapped_column(String(64), doc="The rule.")
    severity: Mapped[int] = mapped_column(doc="1 info, 2 low, 3 medium, 4 high, 5 critical.")
    confidence: Mapped[str] = mapped_column(String(8), doc="`certain` or `likely`.")
    message: Mapped[str] = mapped_column(Text, doc="What is so.")
    help: Mapped[str] = mapped_column(Text, doc="What would help.")
    place: Mapped[str] = mapped_column(Text, doc="Where in the image: `config.User`, a layer.")
    subject: Mapped[str] = mapped_column(Text, doc="What it is about, in words that last.")
    notes: Mapped[str] = mapped_column(Text, doc="JSON array of further remarks.")
    layer: Mapped[str | None] = mapped_column(String(135), doc="The layer it comes from, if known.")
    package: Mapped[str | None] = mapped_column(Text, doc="The package it is about, if any.")
    vulnerability: Mapped[str | None] = mapped_column(Text, doc="The vulnerability, if any.")

    __table_args__ = (
        Index(None, "rule"),
        Index(None, "package"),
        Index(None, "vulnerability"),
        Index(None, "layer"),
        BY_KEY,
    )


class JudgedRow(Base):
    """Which findings a judgement holds."""

    __tablename__ = "judged"

    judgement: Mapped[str] = mapped_column(
        ForeignKey("judgements.id"), primary_key=True, doc="The judgement."
    )
    position: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, doc="From 0 on, as a report would list them."
    )
    finding: Mapped[str] = mapped_column(ForeignKey("findings.id"), doc="The finding.")
    allowed: Mapped[str | None] = mapped_column(
        String(10), doc="Why it does not count: `waiver`, `vex`, `exempt` …; null when it counts."
    )
    reason: Mapped[str] = mapped_column(Text, doc="The reason that was given.")
    until: Mapped[str] = mapped_column(String(10), doc="The last day on which it holds.")
    waiver: Mapped[int | None] = mapped_column(doc="Which of the policy's waivers, from 0 on.")

    __table_args__ = (BY_KEY,)


class WaiverRow(Base):
    """A waiver of the policy of a run, and how often it was needed."""

    __tablename__ = "waivers"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True, doc="The run.")
    position: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, doc="As the policy lists it, from 0 on."
    )
    rule: Mapped[str] = mapped_column(Text, doc="The rule it waives.")
    where: Mapped[str] = mapped_column(Text, doc="The glob over images.")
    subject: Mapped[str] = mapped_column(Text, doc="The glob over what findings are about.")
    reason: Mapped[str] = mapped_column(Text, doc="Why.")
    owner: Mapped[str] = mapped_column(Text, doc="Whose it is.")
    ticket: Mapped[str] = mapped_column(Text, doc="Where it is discussed.")
    approver: Mapped[str] = mapped_column(Text, doc="Who approved it.")
    until: Mapped[str] = mapped_column(String(10), doc="The last day on which it holds.")
    origin: Mapped[str] = mapped_column(Text, doc="The file that says it.")
    used: Mapped[int] = mapped_column(doc="How many findings it allowed.")


class VulnerabilityRow(Base):
    """What is known of a vulnerability besides the images that have it."""

    __tablename__ = "vulnerabilities"

    id: Mapped[str] = mapped_column(Text, primary_key=True, doc="`CVE-2024-3094`.")
    severity: Mapped[int] = mapped_column(doc="The worst that was met, as in `findings`.")
    title: Mapped[str] = mapped_column(Text, doc="What it is.")
    published: Mapped[str] = mapped_column(Text, doc="The day it was published; or empty.")
    fixed: Mapped[bool] = mapped_column(doc="Whether some package has a version without it.")
    epss: Mapped[float | None] = mapped_column(Float, doc="FIRST's probability, 0 to 1.")
    exploited: Mapped[str] = mapped_column(Text, doc="Since when CISA lists it; or empty.")
