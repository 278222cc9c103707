"""The documentation site: what programs print leads to pages of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagelint.cli.explanations.rulepage import describe
from imagelint.rules import catalog

if TYPE_CHECKING:
    from pathlib import Path

SITE = "https://imagelint.dev/"


def test_every_rule_leads_to_its_page(site: Path) -> None:
    for name in catalog.names():
        text = describe(name)
        assert text is not None
        assert text.url.startswith(SITE)
        page = site / text.url.removeprefix(SITE) / "index.html"
        assert f">{name}" in page.read_text(encoding="utf-8"), text.url


def test_every_schema_is_where_it_says(site: Path) -> None:
    schemas = [json.loads(path.read_text("utf-8")) for path in site.glob("*.schema.json")]
    named = [schema for schema in schemas if "$id" in schema]
    assert len(named) >= 3
    for schema in named:
        place = site / schema["$id"].removeprefix(SITE)
        assert json.loads(place.read_text(encoding="utf-8")) == schema


def test_the_site_stands_where_the_links_lead(site: Path) -> None:
    assert (site / "CNAME").read_text(encoding="utf-8") == "imagelint.dev\n"
    assert (site / "index.html").is_file()


def test_the_search_finds_a_rule_by_what_it_is_about(site: Path) -> None:
    entries = json.loads((site / "search.json").read_text(encoding="utf-8"))["items"]
    found = [entry for entry in entries if "SIGTERM" in json.dumps(entry)]
    assert any(str(entry["location"]).startswith("rules/") for entry in found)
