"""`imagelint report`."""

from __future__ import annotations

import click

from imagelint.cli.audits.resultfilter import result_filter
from imagelint.cli.options.earlierrun import Since, SinceType
from imagelint.cli.options.formats import Format, FormatType

_FORMATS = (
    *("text", "html", "json", "jsonl", "csv", "sarif", "junit", "markdown", "gitlab"),
    *("defectdojo", "openmetrics"),
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
@click.option("--run", "number", type=int, default=0, help="Which run. [default: the newest]")
@click.option(
    "--since",
    type=SinceType(),
    default="0",
    metavar="RUN|DATE",
    help="Changes since which run, or the last up to a day. [default: the one before]",
)
@click.option(
    "--stale-days",
    type=click.IntRange(0),
    default=30,
    show_default=True,
    help="Name references whose last audit is older.",
)
@result_filter
@click.option(
    "--format",
    "formats",
    type=FormatType(_FORMATS),
    multiple=True,
    help=f"One of {', '.join(_FORMATS)}; may repeat, each with =FILE. [default: text]",
)
def report(  # noqa: PLR0913 - the options of the command
    *,
    place: str,
    number: int,
    since: Since,
    stale_days: int,
    wanted: dict[str, str],
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
    from imagelint.cli.audits.asked import asked_of
    from imagelint.cli.output.reports import tell
    from imagelint.fleet.formats import OVERVIEWS
    from imagelint.fleet.gather import Question, gather
    from imagelint.store.database import Store

    with Store.open(place, create=False) as store, store.trusted():
        whole = not formats or any(entry.name in OVERVIEWS for entry in formats)
        which = asked_of(store, wanted)
        fleet = gather(store, Question(number, since.run, stale_days, whole, since.day, which))
        return tell(store, fleet, formats)
