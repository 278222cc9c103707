"""The tables of the gate: verdicts, evaluations, what was promoted upon their word."""

from __future__ import annotations

from sqlalchemy import Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from imagelint.store.table import Base


class VerdictRow(Base):
    """What `imagelint gate` said."""

    __tablename__ = "verdicts"

    id: Mapped[int] = mapped_column(primary_key=True, doc="Counts up.")
    at: Mapped[str] = mapped_column(String(20), doc="When.")
    command: Mapped[str] = mapped_column(String(16), doc="`gate`, or what else gave it.")
    repository: Mapped[str] = mapped_column(Text, doc="`registry/repository`.")
    tag: Mapped[str] = mapped_column(Text, doc="The tag; empty where there is none.")
    digest: Mapped[str] = mapped_column(String(135), doc="The image.")
    outcome: Mapped[str] = mapped_column(String(10), doc="`pass`, `fail` or `incomplete`.")
    policy_digest: Mapped[str] = mapped_column(String(71), doc="By which policy.")
    report: Mapped[str] = mapped_column(Text, doc="The report as JSON.")

    __table_args__ = (Index(None, "repository", "tag", "at"),)


class EvaluationRow(Base):
    """The result of an evaluation of what an image serves."""

    __tablename__ = "evaluations"

    id: Mapped[int] = mapped_column(primary_key=True, doc="Counts up.")
    at: Mapped[str] = mapped_column(String(20), doc="When it was measured.")
    repository: Mapped[str] = mapped_column(Text, doc="`registry/repository`.")
    tag: Mapped[str] = mapped_column(Text, doc="The tag; empty where there is none.")
    digest: Mapped[str] = mapped_column(String(135), doc="The image that was evaluated.")
    suite: Mapped[str] = mapped_column(Text, doc="Which evaluation: its name and version.")
    outcome: Mapped[str] = mapped_column(String(10), doc="`pass`, `fail` or `incomplete`.")
    source: Mapped[str] = mapped_column(Text, doc="The file that it was read from.")
    source_digest: Mapped[str] = mapped_column(String(71), doc="That file by its digest.")
    data: Mapped[str] = mapped_column(Text, doc="JSON: what else was told of it.")

    __table_args__ = (Index(None, "repository", "tag", "at"), Index(None, "digest"))


class MeasureRow(Base):
    """One number of an evaluation."""

    __tablename__ = "measures"

    evaluation_id: Mapped[int] = mapped_column(
        ForeignKey("evaluations.id"), primary_key=True, doc="The evaluation."
    )
    dimension: Mapped[str] = mapped_column(Text, primary_key=True, doc="`quality`, `latency` …")
    metric: Mapped[str] = mapped_column(Text, primary_key=True, doc="`accuracy`, `ttft_p95` …")
    value: Mapped[float | None] = mapped_column(Float, doc="Null: it could not be measured.")
    unit: Mapped[str] = mapped_column(Text, doc="`s`, `tokens/s`, or empty.")
    low: Mapped[float | None] = mapped_column(Float, doc="The lower end of its interval.")
    high: Mapped[float | None] = mapped_column(Float, doc="The upper end of its interval.")
    samples: Mapped[int | None] = mapped_column(doc="Out of how many it was computed.")
    threshold: Mapped[str] = mapped_column(Text, doc="What was demanded; or empty.")
    outcome: Mapped[str] = mapped_column(String(10), doc="`pass`, `fail`, `incomplete`, or empty.")


class PromotionRow(Base):
    """That an image became what a tag leads to, and upon which word."""

    __tablename__ = "promotions"

    id: Mapped[int] = mapped_column(primary_key=True, doc="Counts up.")
    at: Mapped[str] = mapped_column(String(20), doc="When.")
    repository: Mapped[str] = mapped_column(Text, doc="`registry/repository`.")
    tag: Mapped[str] = mapped_column(Text, doc="The tag or the environment.")
    digest: Mapped[str] = mapped_column(String(135), doc="What it leads to now.")
    previous: Mapped[str | None] = mapped_column(String(135), doc="What it led to before.")
    verdict_id: Mapped[int | None] = mapped_column(ForeignKey("verdicts.id"), doc="The gate's.")
    evaluation_id: Mapped[int | None] = mapped_column(
        ForeignKey("evaluations.id"), doc="The evaluation."
    )
    by: Mapped[str] = mapped_column(Text, doc="Who did it.")
    reason: Mapped[str] = mapped_column(Text, doc="Why.")

    __table_args__ = (Index(None, "repository", "tag", "at"),)
