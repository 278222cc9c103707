"""Roll-ups, beside what is counted image by image."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from imagelint.store import tally
from imagelint.store.reading import Reader
from imagelint.store.rollups import RollUps
from tests.store.samples import REGISTRY, finished, run_over

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.store import views
    from imagelint.store.database import Store

Found = dict[str, dict[tuple[str, str], "views.FindingView"]]


def names(result: views.ResultView, one: views.FindingView, group: str) -> str:
    """Of what a finding is counted in a group; empty where it is of none."""
    own = {"owner": result.owner or "-", "repository": result.repository, "base": result.base}
    return own[group] if group in own else str(getattr(one, group))


def _worst(findings: Iterable[views.FindingView]) -> int:
    return max(one.severity for one in findings)


def counted(store: Store, run: int, group: str) -> dict[str, tuple[int, int, int]]:
    """Findings, images and worst severity by name, each digest and finding once."""
    reader = Reader(store)
    found: Found = defaultdict(dict)
    for result in reader.results(run):
        for one in reader.findings(result.judgement):
            if not one.allowed and (name := names(result, one, group)):
                found[name][result.digest, repr(one[:11])] = one
    return {
        name: (
            len(each),
            len({digest for digest, _ in each}),
            max(o.severity for o in each.values()),
        )
        for name, each in found.items()
    }


@pytest.mark.parametrize("group", tally.GROUPS)
def test_each_image_counts_once_whatever_leads_to_it(store: Store, group: str) -> None:
    every = [finished(number) for number in range(30)]
    # Another tag of the repository leads to an image, and another team has a copy of one.
    twice = every[3].result._replace(reference=f"{every[3].result.repository}:x", tag="x")
    mirror = f"{REGISTRY}/mirror/app"
    judgement = every[4].judgement
    assert judgement is not None
    judgement = judgement._replace(repository=mirror)
    copy = every[4].result._replace(
        reference=f"{mirror}:1", repository=mirror, owner="mirrors", judgement=judgement.id
    )
    every += [
        every[3]._replace(result=twice),
        every[4]._replace(result=copy, judgement=judgement),
    ]
    run = run_over(store, every, 1)
    rows = RollUps(store).tally(run).by(group, 1000)
    expected = counted(store, run, group)
    if group == "base":
        assert sorted((row.findings, row.images) for row in rows) == sorted(
            (findings, images) for findings, images, _ in expected.values()
        )
    else:
        assert {row.name or "-": row[1:4] for row in rows} == expected


def test_what_is_remembered_of_findings_is_bounded(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_over(store, [finished(number) for number in range(60)], 1)
    whole = RollUps(store).tally(run).by("rule")
    monkeypatch.setattr(tally, "_MOST_REMEMBERED", 1)
    monkeypatch.setattr(tally, "_PAGE", 5)
    assert RollUps(store).tally(run).by("rule") == whole
