"""What stands in the file, before any browser reads it."""

from __future__ import annotations

import base64
import hashlib
import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings

from imagelint.core.report import Outcome, Report, Verdict
from imagelint.reporters import load
from tests.reporters.samples import CONTEXT, SAMPLE
from tests.reporters.strategies import verdicts
from tools.vendor import VENDOR, unlike

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Program

ADDRESSES = {"href", "src", "action", "data", "srcset", "poster", "formaction", "ping"}


class Markup(HTMLParser):
    """Tags in their order, attributes, and what stands in scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.contents: list[tuple[str, dict[str, str | None], str]] = []
        self._within: tuple[str, dict[str, str | None]] | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._within = (tag, dict(attrs)) if tag in ("script", "style") else None

    def handle_data(self, data: str) -> None:
        if self._within is not None:
            self.contents.append((*self._within, data))

    def handle_endtag(self, tag: str) -> None:
        self._within = None


def page(verdict: Verdict = SAMPLE) -> str:
    return "".join(load("html")(verdict, CONTEXT))


def payload(text: str) -> Any:
    (found,) = (said for _, attributes, said in Markup(text).contents if "id" in attributes)
    return json.loads(found)


def test_nothing_is_loaded_from_anywhere() -> None:
    markup = Markup(page())
    leads = [value for name, value in markup.attributes if name in ADDRESSES]
    assert all(value and value.startswith("#") for value in leads)
    assert {"link", "img", "iframe", "object", "embed", "base", "form"} & set(markup.tags) == set()
    assert not any(name.startswith("on") or name == "style" for name, _ in markup.attributes)


def test_only_what_is_named_by_hash_may_run() -> None:
    markup = Markup(page())
    (policy,) = (
        value for name, value in markup.attributes if value and value.startswith("default-src")
    )
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "*" not in policy
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(said.encode()).digest()).decode()}'"
        for tag, attributes, said in markup.contents
        if "type" not in attributes
    }
    directives = (part.split() for part in policy.split(";"))
    named = {
        word
        for directive in directives
        if directive[0].endswith("-src")
        for word in directive[1:]
        if word.startswith("'sha256")
    }
    assert named == hashes


@settings(max_examples=30, deadline=None)
@given(verdict=verdicts)
def test_whatever_is_said_adds_no_markup(verdict: Verdict) -> None:
    text = page(verdict)
    text.encode()
    tags = Markup(text).tags
    assert tags.count("script") == 3
    assert tags.count("style") == 1
    assert tags.count("table") <= 1
    written = payload(text)
    (findings,) = (table for table in written["tables"] if table["id"] == "findings")
    found = verdict.report
    assert len(findings["rows"]) == len(found.findings) + len(found.allowed)


def test_an_empty_report_is_a_page() -> None:
    text = page(Verdict(Outcome.PASS, (), Report()))
    assert '<span class="verdict pass">pass</span>' in text
    assert payload(text)["tables"][0]["rows"] == []


def test_excerpts_show_the_place_in_its_lines() -> None:
    (findings, *_) = payload(page())["tables"]
    (row,) = (
        row
        for row in findings["rows"]
        if (row["cells"][2][0], row["cells"][7]) == ("apt-lists-kept", "counts")
    )
    (excerpt,) = (block for block in row["detail"] if block["is"] == "excerpt")
    assert excerpt["lines"] == [
        [2, "", "RUN    apt-get update && \\", ""],
        [3, "", "    apt-get install -y curl", "  # 漢字 \\x1b[31m \\u202e"],
    ]


def test_libraries_are_the_pinned_ones_with_their_licences() -> None:
    import tomllib

    libraries = tomllib.loads((VENDOR / "vendored.toml").read_text(encoding="utf-8"))["library"]
    pinned = {each["as"] for library in libraries for each in library["files"].values()}
    assert [name for library in libraries for name in unlike(library)] == []
    assert {path.name for path in VENDOR.iterdir()} == {*pinned, "vendored.toml"}
    text = page()
    assert "Copyright SpryMedia Limited" in text


def test_without_templates_it_says_how_to_get_them(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    answer = program("check", "--format", "html", ".")
    assert answer.code == 2
    assert "pip install 'imagelint[report]'" in answer.err
