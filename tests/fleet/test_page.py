"""The page of a run in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from imagelint.fleet.formats import chunks
from imagelint.fleet.gather import Question, gather
from imagelint.fleet.images import images
from imagelint.store.database import Store
from tests.browser import HANGS, Reading
from tests.store.samples import fill

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.fleet.formats import Telling


@pytest.fixture(scope="module")
def page(told: Telling, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "audit.html"
    path.write_text("".join(chunks("html", told)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def small(told: Telling, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of few images: who asks whether all can use a page looks at each of its cells."""
    path = tmp_path_factory.mktemp("small") / "audit.html"
    with Store.open(str(path.with_suffix(".db"))) as store:
        fill(store, 14)
        fleet = gather(store, Question())
        path.write_text("".join(chunks("html", told._replace(store=store, fleet=fleet))))
    return path


def test_overview_plots_and_tables(reading: Reading, page: Path) -> None:
    reading.open(page)
    text = reading.page.inner_text("main")
    assert (
        "One base makes 36 of 118 findings, in 12 images: docker.io/nvidia/cuda:12.2-base" in text
    )
    assert reading.page.locator("canvas").count() == 4
    drawn = reading.page.evaluate(
        "Array.from(document.querySelectorAll('canvas')).map((canvas) => new Set(canvas"
        ".getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).size > 5)"
    )
    assert drawn == [True] * 4
    lower = "Array.from(document.querySelectorAll('.plots .plot'), (one) => [one, one.querySelector"
    lower += "('canvas')].map((each) => each.getBoundingClientRect().bottom))"
    for box, canvas in reading.page.evaluate(lower):
        assert canvas < box  # nothing is drawn over what stands below
    assert reading.info("images") == "1 to 38 of 38 shown"
    assert reading.column("bases", 2)[0] == "docker.io/nvidia/cuda:12.2-base"
    assert reading.column("vulnerabilities", 3) == [
        "CVE-2026-1000",
        "CVE-2026-1001",
        "CVE-2026-1002",
    ]
    assert reading.page.locator("#section-drift tbody tr").count() == 10


def test_each_image_has_a_page_with_an_address(reading: Reading, page: Path) -> None:
    reading.open(page)
    link = reading.page.locator("#table-images a").first
    address = link.get_attribute("href")
    link.click()
    reading.page.wait_for_selector("#page:not([hidden])")
    text = reading.page.inner_text("#page")
    for words in ("Digest", "Layers", "RUN base 2 system", "What the tag v1 led to", "root-user"):
        assert words in text
    assert not reading.page.locator("#overview").is_visible()
    assert address
    reading.open(page, address)
    assert reading.page.inner_text("#page") == text
    reading.page.get_by_role("link", name="Back to the overview").click()
    reading.page.wait_for_selector("#overview:not([hidden])")


def test_filters_and_search_answer_at_once(reading: Reading, page: Path) -> None:
    reading.open(page, "#images?owner=inference&sort=size:desc")
    assert reading.info("images") == "1 to 12 of 12 shown (out of 38)"
    took = [reading.look_for("images", "team-1")]
    took.append(reading.click("#section-images input[value=platform]"))
    assert all("team-1" in name for name in reading.column("images", 2))
    assert max(took) < HANGS


@pytest.mark.parametrize(
    ("table", "name"),
    [
        # The number of one is the beginning of that of another: it is taken as a whole.
        ("vulnerabilities", "CVE-2026-1002"),
        ("owners", "inference"),
        ("bases", "docker.io/nvidia/cuda:12.2-base"),
    ],
)
def test_what_findings_have_in_common_leads_to_their_images(
    reading: Reading, page: Path, table: str, name: str
) -> None:
    reading.open(page)
    link = reading.page.locator(f"#table-{table} a", has_text=name)
    link.click()
    some = "1 to 12 of 12 shown (out of 38)"
    # The page forbids scripts that are made of text, by which others wait.
    reading.page.locator("#section-images .dt-info", has_text=some).wait_for()
    reading.open(page, link.get_attribute("href") or "")
    assert reading.info("images") == some
    assert reading.page.locator("#table-owners a", has_text="nobody").count() == 0


def test_the_only_vulnerability_leads_to_its_images(
    reading: Reading, told: Telling, tmp_path: Path
) -> None:
    one = [each for each in told.fleet.vulnerabilities if each.id == "CVE-2026-1002"]
    path = tmp_path / "audit.html"
    told = told._replace(fleet=told.fleet._replace(vulnerabilities=tuple(one)))
    path.write_text("".join(chunks("html", told)))
    reading.open(path, "#images?vulnerability=CVE-2026-1002")
    assert reading.info("images") == "1 to 12 of 12 shown (out of 38)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(reading: Reading, small: Path, scheme: str) -> None:
    reading.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    reading.open(small)
    result = Axe().run(reading.page)
    assert result.violations_count == 0, result.generate_report()
    reading.page.locator("#table-images a").first.click()
    reading.page.wait_for_selector("#page:not([hidden])")
    result = Axe().run(reading.page)
    assert result.violations_count == 0, result.generate_report()


def test_a_large_run_has_pages_for_the_worst_only(
    told: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imagelint.fleet.images.MOST_ROWS", 10)
    monkeypatch.setattr("imagelint.fleet.page.MOST_ROWS", 10)
    monkeypatch.setattr("imagelint.fleet.images._PAGES_BYTES", 3_000)
    made = images(told.store, told.fleet)
    rows = tuple(made.table.rows)
    assert len(rows) == 10
    assert 0 < len(made.pages) < 10
    assert [bool(row.opens) for row in rows] == sorted(
        (bool(row.opens) for row in rows), reverse=True
    )
    assert "The worst 10 of 38; --format csv has all." in "".join(chunks("html", told))
