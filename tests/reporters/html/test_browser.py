"""The page of a verdict as a reader uses it, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from imagelint.core.finding import Excerpt, Finding, Location, Severity
from imagelint.core.report import Examined, Outcome, Report, Verdict
from imagelint.core.source import Position, Span
from imagelint.reporters import load
from tests.browser import HANGS, Reading
from tests.reporters.samples import CONTEXT, SAMPLE

if TYPE_CHECKING:
    from pathlib import Path

MANY = 10_000
HOSTILE = (
    "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
    "<!--<script>&lt;b&gt;\"' {{7*7}} {% x %}"
)


def hostile_finding(number: int) -> Finding:
    place = Location(
        f"dir{number % 300}/file{number % 900}.yaml",
        Span(14, 20),
        Position(2, 4),
        Position(2, 10),
        Excerpt(1, ("first", f"abcsecret{HOSTILE}", "third")),
        f"spec.containers[{number}]",
    )
    said = HOSTILE if number % 1000 == 0 else f"number {number * 7919 % MANY} of `many`"
    return Finding(
        f"rule-{number % 150}", Severity(1 + number % 5), said, place, subject=f"{number}"
    )


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "sample.html"
    path.write_text("".join(load("html")(SAMPLE, CONTEXT)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    findings = tuple(hostile_finding(number) for number in range(MANY))
    examined = tuple(Examined(f"dir{n % 300}/file{n}.yaml", "kubernetes") for n in range(900))
    verdict = Verdict(Outcome.FAIL, (HOSTILE,), Report(findings, examined=examined))
    path = tmp_path_factory.mktemp("page") / "many.html"
    path.write_text("".join(load("html")(verdict, CONTEXT)), encoding="utf-8")
    return path


def test_verdict_counts_and_findings_are_there(reading: Reading, sample: Path) -> None:
    reading.open(sample)
    page = reading.page
    assert page.inner_text(".verdict") == "fail"
    assert page.inner_text(".tiles").split() == [
        *("2", "critical", "2", "high", "1", "medium", "2", "low", "1", "info"),
        *("4", "allowed", "3", "examined"),
    ]
    assert reading.column("findings", 1) == (
        ["critical"] * 2 + ["high"] * 2 + ["medium"] + ["low"] * 2 + ["info"]
    )
    assert "a tab indents this line" in page.inner_text("#overview")


def test_a_row_tells_its_excerpt_help_reason_and_page(reading: Reading, sample: Path) -> None:
    reading.open(sample)
    page = reading.page
    button = page.get_by_role("button", name="the final stage runs as root")
    button.press("Enter")
    assert button.get_attribute("aria-expanded") == "true"
    detail = page.locator("tr:has(.blocks)")
    assert detail.locator("mark").all_inner_texts() == [
        "FROM nvidia/cuda:12.4.1-devel-ubuntu22.04",
        'ENTRYPOINT ["vllm", "serve"]',
    ]
    text = detail.inner_text()
    assert "add USER 10001 behind the last RUN" in text
    assert "Because root-user is bad" in text
    link = detail.get_by_role("link", name="root-user: what it says")
    assert link.get_attribute("href") == "https://example.com/rules/root-user"
    button.press("Enter")
    assert page.locator(".blocks").count() == 0


def test_what_is_allowed_is_shown_when_it_is_asked_for(reading: Reading, sample: Path) -> None:
    reading.open(sample)
    reading.page.get_by_label("allowed (waiver)").check()
    reading.page.get_by_label("counts").uncheck()
    reading.page.locator("#table-findings button.opens").click()
    assert "until the mirror is there (#12)" in reading.page.inner_text("tr:has(.blocks)")


def test_a_deep_link_opens_its_row_and_can_be_shared(reading: Reading, sample: Path) -> None:
    reading.open(sample)
    reading.page.get_by_role("button", name="apt-lists").or_(
        reading.page.get_by_role("button", name="the package lists stay")
    ).first.click()
    address = reading.page.get_by_role("link", name="Link to this row").get_attribute("href")
    assert address
    assert address.startswith("#findings/")
    reading.open(sample, address)
    assert reading.page.locator("tr.target button.opens").inner_text().startswith("the package")
    assert reading.page.locator(".blocks").count() == 1


def test_a_deep_link_to_what_is_filtered_out_shows_it(reading: Reading, sample: Path) -> None:
    reading.open(sample, "#findings?severity=low&state=")
    keys = reading.page.evaluate(
        "JSON.parse(document.getElementById('payload').textContent).tables[0].rows"
        ".filter((row) => row.cells[7] !== 'counts').map((row) => row.key)"
    )
    for key in keys:
        reading.go(f"#findings/{key}")
        reading.page.wait_for_selector("tr.target", state="attached")
    assert len(keys) == 4


def test_the_address_holds_what_was_chosen(reading: Reading, sample: Path) -> None:
    reading.open(sample)
    reading.page.locator("#section-findings").get_by_label("critical").check()
    assert reading.page.evaluate("location.hash") == "#findings?severity=critical"
    reading.open(sample, "#findings?severity=critical,low&sort=finding:asc")
    assert set(reading.column("findings", 1)) == {"critical", "low"}
    told = reading.column("findings", 2)
    assert told == sorted(told, key=str.lower)
    assert reading.page.locator("#section-findings input[value=low]").is_checked()


def test_tiles_and_tables_lead_to_findings(reading: Reading, sample: Path) -> None:
    reading.open(sample)
    reading.page.locator(".tiles a", has_text="medium").click()
    expect(reading.page.locator("#table-findings .badge")).to_have_count(1)
    reading.page.locator("#table-rules a", has_text="vulnerable-package").click()
    expect(reading.page.locator("#table-findings .badge")).to_have_count(3)
    assert {text.strip() for text in reading.column("findings", 3)} == {"vulnerable-package"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(reading: Reading, sample: Path, scheme: str) -> None:
    reading.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    reading.open(sample)
    reading.page.locator("button.opens").first.click()
    result = Axe().run(reading.page)
    assert result.violations_count == 0, result.generate_report()


def test_light_and_dark_can_be_chosen(reading: Reading, sample: Path) -> None:
    reading.open(sample)
    colour = "getComputedStyle(document.body).backgroundColor"
    light = reading.page.evaluate(colour)
    reading.page.get_by_role("button", name="Light or dark").click()
    assert reading.page.evaluate(colour) != light
    reading.page.get_by_role("button", name="Light or dark").click()
    assert reading.page.evaluate(colour) == light


def test_the_keyboard_reaches_everything(reading: Reading, sample: Path) -> None:
    reading.open(sample)
    focused = []
    for _ in range(40):
        reading.page.keyboard.press("Tab")
        focused.append(
            reading.page.evaluate(
                "document.activeElement.innerText || document.activeElement.id"
                " || document.activeElement.value"
            )
        )
    assert focused[0] == "Skip to the report"
    assert "Light or dark" in focused
    assert "search-findings" in focused or "critical" in focused
    assert "`latest` is another image tomorrow".replace("`", "") in focused


def test_print_shows_every_row_and_no_controls(reading: Reading, many: Path) -> None:
    reading.open(many, "#findings?severity=critical&rule=rule-4")
    reading.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    reading.page.emulate_media(media="print")
    assert len(reading.column("findings", 1)) == 67
    assert not reading.page.locator("#section-findings .facets").is_visible()
    reading.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert len(reading.column("findings", 1)) == 50


def test_large_numbers_are_written_in_groups(reading: Reading, many: Path) -> None:
    reading.open(many)
    assert "2,000 critical" in reading.page.inner_text(".tiles").replace("\n", " ")
    assert "critical 2,000" in reading.page.locator(".chip").all_inner_texts()


def test_no_number_of_a_narrow_page_is_cut(reading: Reading, many: Path) -> None:
    reading.page.set_viewport_size({"width": 360, "height": 800})
    reading.open(many)
    for each in reading.page.locator(".tiles strong").all():
        size = each.evaluate("it => [it.scrollWidth, it.clientWidth]")
        assert size[0] <= size[1]


def test_ten_thousand_rows_answer_at_once(reading: Reading, many: Path) -> None:
    reading.open(many)
    took = {
        "sort": reading.click("#table-findings th:nth-child(2) .dt-column-order"),
        "sort back": reading.click("#table-findings th:nth-child(2) .dt-column-order"),
        "filter": reading.click("#section-findings input[value=high]"),
    }
    assert reading.info("findings") == "1 to 50 of 2,000 shown (out of 10,000)"
    took["unfilter"] = reading.click("#section-findings input[value=high]")
    took["search"] = reading.look_for("findings", "number 77")
    assert "of 10,000" not in reading.info("findings").partition("(")[0]
    took["page"] = reading.click("#section-findings .dt-paging-button.next")
    took["open"] = reading.click("#table-findings button.opens")
    assert {name: ms for name, ms in took.items() if ms > HANGS} == {}


def test_hostile_words_stay_words(reading: Reading, many: Path) -> None:
    reading.open(many)
    reading.look_for("findings", "onerror=alert(1)")
    assert reading.info("findings") == "1 to 10 of 10 shown (out of 10,000)"
    assert reading.column("findings", 2)[0] == HOSTILE
    reading.click("#table-findings button.opens")
    assert HOSTILE in reading.page.inner_text(".blocks")
    assert reading.page.inner_text(".reasons") == HOSTILE
    assert reading.page.locator("img").count() == 0
