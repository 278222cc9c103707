"""A page in one file: template, style, scripts, and a policy that lets nothing else run or load.

Scripts and style are the package's own, or those of the libraries in `vendor/` with their licences;
the policy names them by hash (https://www.w3.org/TR/CSP3/), so that text from outside that became
markup by a mistake of ours would still not run.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from imagelint.core.record import NamedTuple
from imagelint.reporters.stream import Items, chunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from imagelint.reporters.html.tables import Table
    from imagelint.reporters.stream import Json

_PACKAGE = "imagelint.reporters.html"
# In a script of data: what could end it or begin another, in the escapes of JSON.
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


class Library(NamedTuple):
    """What others wrote: its name, its script (empty: within another), its licence."""

    name: str
    script: str
    licence: str


DATATABLES = Library("DataTables", "dataTables.min.js", "dataTables.LICENSE.txt")
CHARTS = Library("Chart.js", "chart.umd.min.js", "chart.LICENSE.txt")
COLOR = Library("@kurkle/color, which Chart.js holds", "", "color.LICENSE.txt")


class Page(NamedTuple):
    """What is asked of a page: its template, what that says, and what its tables hold.

    `rules` are texts of rules by name, `pages` what is told on pages of their own, by key;
    `findings` are rows that pages name by number, `names` what cells name so. `plots` are drawn
    upon canvases of the template.
    """

    template: str
    words: Mapping[str, object]
    tables: Iterable[Table]
    rules: Mapping[str, Json]
    pages: Mapping[str, Json]
    findings: Iterable[Json] = ()
    names: tuple[str, ...] = ()
    plots: Iterable[Json] = ()
    libraries: tuple[Library, ...] = (DATATABLES,)
    scripts: tuple[str, ...] = ("report.js",)


def render(page: Page) -> Iterator[str]:
    """The page, in chunks."""
    scripts = [_read("vendor", library.script) for library in page.libraries if library.script]
    scripts += [_read("assets", name) for name in page.scripts]
    style = _read("assets", "report.css")
    licences = [(each.name, _read("vendor", each.licence)) for each in page.libraries]
    template = _environment().get_template(page.template)
    yield from template.generate(
        **page.words,
        policy=content_policy(scripts, style),
        style=Markup(style),  # noqa: S704 - the package's own
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - the package's own
        licences=licences,
        payload=Markup(_payload(page)),  # noqa: S704 - nothing in it has a meaning in markup
    )
    yield "\n"


def content_policy(scripts: Iterable[str], style: str) -> str:
    """The policy of a page with these scripts and this style, and nothing else."""
    allowed = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _payload(page: Page) -> str:
    written = chunks(
        {
            "tables": Items(table.written() for table in page.tables),
            "rules": page.rules,
            "pages": page.pages,
            "findings": Items(page.findings),
            "names": page.names,
            "plots": list(page.plots),
        }
    )
    return "".join(written).translate(_ESCAPES)


@cache
def _read(folder: str, name: str) -> str:
    return files(_PACKAGE).joinpath(folder, name).read_text(encoding="utf-8").strip()


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader(_PACKAGE, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
