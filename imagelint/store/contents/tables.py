"""The tables of what is in images.

Most packages of an image come from layers that others have as well: what a layer holds is a list
that stands here once.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from imagelint.store.table import BY_KEY, Base


class PackageRow(Base):
    """A package in one version."""

    __tablename__ = "packages"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, doc="Made of the three below.")
    name: Mapped[str] = mapped_column(Text, doc="As the scanner calls it.")
    version: Mapped[str] = mapped_column(Text, doc="As package managers write it.")
    kind: Mapped[str] = mapped_column(Text, doc="`debian`, `python-pkg` …, as Trivy calls it.")

    __table_args__ = (BY_KEY,)


class PackageListRow(Base):
    """Which packages a list holds."""

    __tablename__ = "package_lists"

    package: Mapped[str] = mapped_column(
        ForeignKey("packages.id"), primary_key=True, doc="The package."
    )
    list: Mapped[str] = mapped_column(
        String(32), primary_key=True, doc="The list: made of what it holds."
    )

    __table_args__ = (BY_KEY,)


class InventoryRow(Base):
    """Which lists of packages a scan found in an image; one that is empty where it found none."""

    __tablename__ = "inventories"

    judgement: Mapped[str] = mapped_column(
        ForeignKey("judgements.id"), primary_key=True, doc="The judgement it was scanned for."
    )
    list: Mapped[str] = mapped_column(String(32), primary_key=True, doc="The list.")

    __table_args__ = (Index(None, "list"), BY_KEY)


class AliasRow(Base):
    """Two names of one vulnerability, each way round."""

    __tablename__ = "aliases"

    name: Mapped[str] = mapped_column(Text, primary_key=True, doc="`GHSA-jfh8-c2jp-5v3q`.")
    other: Mapped[str] = mapped_column(Text, primary_key=True, doc="`CVE-2021-44228`.")

    __table_args__ = (BY_KEY,)
