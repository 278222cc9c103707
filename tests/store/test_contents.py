"""What is kept of the contents of images."""

from __future__ import annotations

from imagelint.core.finding import Severity
from imagelint.store.contents.writing import alias_rows
from imagelint.store.records import StoredVulnerability


def test_names_of_a_vulnerability_are_kept_in_pairs_unless_they_are_very_many() -> None:
    def pairs(count: int) -> list[tuple[str, str]]:
        aliases = tuple(f"GHSA-{number}" for number in range(count))
        known = StoredVulnerability("CVE-2024-1", Severity.HIGH, aliases=aliases)
        rows = alias_rows(known, lambda _table, _name: True)
        return [(row["name"], row["other"]) for _, row in rows]

    assert ("GHSA-0", "GHSA-1") in pairs(2)
    assert len(pairs(2)) == 6  # each of three with the two others
    many = pairs(1000)
    assert len(many) == 2000
    assert {("CVE-2024-1", "GHSA-999"), ("GHSA-999", "CVE-2024-1")} <= {*many}
