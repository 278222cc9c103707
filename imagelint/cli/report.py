"""`imagelint report`."""

from __future__ import annotations

import click

from imagelint.cli.audits.resultfilter import result_filter
from imagelint.cli.audits.whichrun import WhichRun, which_run
from imagelint.cli.options.formats import Format, FormatType

_FORMATS = (
    *("text", "html", "json", "jsonl", "csv", "sarif", "junit", "markdown", "gitlab"),
    *("defectdojo", "openmetrics"),
)
_TABLES = (
    *("images", "drift", "changes", "problems", "bases", "vulnerabilities", "rules", "packages"),
    *("layers", "owners", "repositories", "stale", "waivers", "tags", "bytes", "runs"),
)


@click.command()
@click.option(
    "--store",
    "place",
    default="imagelint-audit.db",
    show_default=True,
    metavar="FILE|URL",
    help="Where `imagelint audit` keeps what it finds out.",
)
@which_run
@result_filter
@click.option(
    "--table",
    type=click.Choice(_TABLES),
    metavar="LIST",
    help=f"Only this list, whole, as text, csv or jsonl: {', '.join(_TABLES)}.",
)
@click.option(
    "--format",
    "formats",
    type=FormatType(_FORMATS),
    multiple=True,
    help=f"One of {', '.join(_FORMATS)}; may repeat, each with =FILE. [default: text]",
)
def report(
    *,
    place: str,
    which: WhichRun,
    wanted: dict[str, object],
    table: str | None,
    formats: tuple[Format, ...],
) -> int:
    """Tell what an audit of many images found.

    Without a format, on one screen. --format html=FILE is a page with plots, tables, and a page for
    each image; sarif=FOLDER writes a file for each repository. Nothing is asked of any registry.

    --vulnerability, --package and --rule list the images with such a finding, allowed ones too, and
    whose they are: it ends with 1 where there is one, with 3 where some image could not be told.
    """
    from imagelint.cli.output.missingextras import need_store

    need_store()
    from imagelint.cli.audits.asked import asked_of, question_of
    from imagelint.cli.output.reports import tell
    from imagelint.fleet.gather import gather
    from imagelint.store.database import Store

    with Store.open(place, create=False) as store, store.trusted():
        asked = question_of(which, asked_of(store, wanted), table or "", formats)
        return tell(store, gather(store, asked), formats, table or "")
