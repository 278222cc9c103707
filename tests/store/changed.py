"""Two runs of which the later one found other things than the earlier one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.finding import Severity
from imagelint.store.records import Category, Finished, Judgement, Result, StoredFinding
from tests.store.samples import digest, run_over

if TYPE_CHECKING:
    from imagelint.store.database import Store

ROOT = StoredFinding("root-user", Severity.HIGH, "certain", "it runs as root", place="config.User")
HOLE = StoredFinding(
    *("vulnerable-package", Severity.CRITICAL, "certain", "openssl 3.0.1 has CVE-2026-7"),
    subject="CVE-2026-7 pkg:deb/debian/openssl",
    package="openssl",
    vulnerability="CVE-2026-7",
)
SECRET = StoredFinding("secret-value", Severity.MEDIUM, "likely", "TOKEN looks like a secret")


def waived(one: StoredFinding) -> StoredFinding:
    return one._replace(allowed="waiver", reason="legacy", until="2027-01-31")


def judged(name: str, build: int, *found: StoredFinding) -> Finished:
    repository = f"registry.example.com/{name}"
    judgement = Judgement(digest("key", build)[7:], repository, digest(name, build), "fail", found)
    result = Result(
        *(f"{repository}:1", repository, "1", judgement.digest, Category.AUDITED),
        judgement=judgement.id,
        owner=name,
    )
    return Finished(result, judgement=judgement)


def lost(name: str) -> Finished:
    repository = f"registry.example.com/{name}"
    return Finished(Result(f"{repository}:1", repository, "1", None, Category.UNAUTHORIZED))


def two_runs(store: Store) -> tuple[int, int]:
    """The runs, by their numbers."""
    later = HOLE._replace(message="openssl 3.0.2 has CVE-2026-7")
    first = run_over(
        store,
        [
            judged("mended", 1, ROOT, HOLE),
            judged("same", 1, ROOT),
            judged("updated", 1, HOLE),
            judged("waived", 1, ROOT),
            judged("again", 1, waived(ROOT)),
            judged("lost", 1, SECRET),
            judged("removed", 1, ROOT),
            judged("excused", 1, waived(SECRET)),
        ],
        1,
    )
    return first, run_over(
        store,
        [
            judged("mended", 2, ROOT),
            judged("same", 1, ROOT),
            judged("updated", 2, later, SECRET),
            judged("waived", 2, waived(ROOT)),
            judged("again", 2, ROOT),
            lost("lost"),
            judged("fresh", 2, ROOT),
            judged("excused", 2),
        ],
        8,
    )
