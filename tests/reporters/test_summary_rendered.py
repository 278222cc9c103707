"""The summary as a renderer of GitHub's markdown shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from imagelint.core.finding import Excerpt, Finding, Location, Severity
from imagelint.core.report import Outcome, Report, Verdict
from imagelint.core.source import Position, Span
from imagelint.reporters import load
from tests.reporters.samples import CONTEXT

if TYPE_CHECKING:
    from imagelint.reporters.context import ReportContext

SOURCE = "https://github.com/team/serving/blob/0123456789"


def rendered(message: str, origin: str, context: ReportContext) -> str:
    place = Location(
        origin, Span(0, 1), Position(3, 1), Position(4, 2), Excerpt(3, ("a", "b")), "spec"
    )
    finding = Finding("root-user", Severity.HIGH, message, place)
    verdict = Verdict(Outcome.FAIL, ("1 finding",), Report((finding,)))
    text = "".join(load("summary")(verdict, context))
    return str(MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(text))


def test_code_is_code_and_places_are_links_to_their_lines() -> None:
    context = CONTEXT._replace(source=SOURCE, prefix="deep/er")
    page = rendered("`USER a|b` is <root>", "a b/Dockerfile", context)
    assert "<td>spec: <code>USER a|b</code> is &lt;root&gt;</td>" in page
    link = f'<a href="{SOURCE}/deep/er/a%20b/Dockerfile#L3-L4">a b/Dockerfile:3</a>'
    assert f"<td>{link}</td>" in page
    assert page.count("<tr>") == 2


def test_what_is_elsewhere_is_no_link() -> None:
    context = CONTEXT._replace(source=SOURCE)
    assert "<td>/etc/Dockerfile:3</td>" in rendered("x", "/etc/Dockerfile", context)
    assert "<td>../Dockerfile:3</td>" in rendered("x", "../Dockerfile", context)
    assert "<td>Dockerfile:3</td>" in rendered("x", "Dockerfile", CONTEXT)
    hostile = CONTEXT._replace(source="https://x.example/](javascript:alert(1))")
    assert "<td>Dockerfile:3</td>" in rendered("x", "Dockerfile", hostile)


def test_markup_in_names_stays_text() -> None:
    context = CONTEXT._replace(source=SOURCE)
    page = rendered("[a](b) **c**", "](x)/<b>|`d`", context)
    assert "<b>" not in page
    assert "<strong>" not in page
    assert page.count("<a ") == page.count('<a href="https://')
