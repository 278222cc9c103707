"""Scan an image once by each vulnerability database."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Protocol

from imagelint.collect import environment
from imagelint.collect.scanners.scanner import Scan
from imagelint.collect.tools import trivy
from imagelint.collect.tools.trivy_program import installed
from imagelint.core.digest import digest_of
from imagelint.core.report import Problem
from imagelint.core.source import Source
from imagelint.documents.image.jsonview import read_json
from imagelint.documents.image.vulnerabilities import ScanFacts

if TYPE_CHECKING:
    from imagelint.collect.tools.trivy_options import TrivyOptions
    from imagelint.documents.image.boms import BillOfMaterials
    from imagelint.documents.image.image import ImageIdentity


class KeptScans(Protocol):
    """What was said of images before, by which tool with what database."""

    def scan(self, digest: str, tool: str) -> bytes | None:
        """What a tool said of an image."""
        ...

    def keep(self, digest: str, tool: str, said: bytes) -> None:
        """Write down what a tool said of an image."""
        ...


def scanned(
    image: ImageIdentity,
    options: TrivyOptions,
    kept: KeptScans | None,
    bill: BillOfMaterials | None = None,
) -> Scan | Problem:
    """What Trivy says of an image, or said of it by the database that it would use now.

    A server's database nobody here knows, and a folder has no name that stays: both are scanned.
    With a bill of materials it is asked about that, whatever images have the same.
    """
    subject = image.manifest if bill is None else digest_of(bill.text)
    if kept is None or options.server or not subject or (image.layout and bill is None):
        return _scan(image, options, bill)
    version = installed(image.reference, options.deadline, options.releases)
    if isinstance(version, Problem):
        return version
    cache = os.path.abspath(options.cache or trivy.default_cache())
    target = image.alone if bill is None else "sbom"
    name = _name(target, options, version, cache)
    said = kept.scan(subject, name) if name else None
    known = None if said is None else _read(said, image.reference)
    if known is not None:
        return known
    found = _scan(image, options, bill)
    after = "" if isinstance(found, Problem) else _name(target, options, version, cache)
    if after and not isinstance(found, Problem):
        kept.keep(subject, after, _written(found))
    return found


def _scan(
    image: ImageIdentity, options: TrivyOptions, bill: BillOfMaterials | None
) -> Scan | Problem:
    return trivy.scan(image, options) if bill is None else trivy.scan(image, options, bill)


def _name(target: str, options: TrivyOptions, version: str, cache: str) -> str:
    """Which program with which databases; empty where they would be updated first, or are none."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(environment.now()))
    states = trivy.database_state(cache, "db"), trivy.database_state(cache, "java-db")
    due = any(state.updated and state.due <= now for state in states)
    if not states[0].updated or (due and not options.offline):
        return ""
    times = [state.updated for state in states]
    asked = options.db_repositories, options.java_db_repositories, options.skip_files
    return json.dumps(["trivy", version, times, target, asked])


def _written(scan: Scan) -> bytes:
    facts = scan.facts
    told = {
        "version": facts.version,
        "database": facts.database,
        "skipped": facts.skipped,
        "found": facts.found,
        "unreadable": facts.unreadable,
        "advised": facts.advised,
        "bill": facts.bill,
    }
    return json.dumps({"facts": told, "report": scan.source.text}).encode()


def _read(said: bytes, origin: str) -> Scan | None:
    """A scan as it was written down; None where that is damaged. It holds as of now."""
    view = read_json(said.decode("utf-8", "replace"))
    if isinstance(view, str) or not view["report"].raw:
        return None
    told = view["facts"]
    facts = ScanFacts(
        told["version"].text,
        time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(environment.now())),
        told["database"].text,
        told["skipped"].texts(),
        found=told["found"].flag,
        unreadable=told["unreadable"].texts(),
        advised=told["advised"].texts() if told["advised"].is_array else None,
        bill=told["bill"].flag,
    )
    return Scan(Source(origin, view["report"].raw), facts)
