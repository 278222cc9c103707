"""What tables of facts say, ours and a site's, on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.collect.environment import today
from imagelint.collect.files import display
from imagelint.core.errors import Diagnostic, PolicyError
from imagelint.knowledge.inventory import search, tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.knowledge.inventory import DatedTable


def show_tables(_word: str = "", *, as_json: bool) -> None:
    """List all tables."""
    day, rows = today(), tables()
    if as_json:
        import json

        listed = [{**one._asdict(), "stale": one.is_stale(day)} for one in rows]
        click.echo(json.dumps(listed, indent=2))
        return
    width = max(len(one.name) for one in rows)
    for one in rows:
        asof = one.asof or "no day"
        click.echo(f"{one.name:{width}}  {asof:10}  {_state(one, day):5}  {one.source}".rstrip())


def show_entries(word: str, *, as_json: bool) -> None:
    """Show what the tables say about a word."""
    entries = tuple(search(word))
    if as_json:
        import json

        click.echo(json.dumps([one._asdict() for one in entries], indent=2))
        return
    for one in entries:
        click.echo(f"{one.table}: {one.place}: {one.text}")
    if not entries:
        click.echo("nothing is known of it")


def check_files(files: Iterable[str]) -> None:
    """Check files of facts.

    Raises:
        PolicyError: with all that is wrong with them.
    """
    from imagelint.policy.site.load import site_facts
    from imagelint.policy.site.show import counted, overridden
    from imagelint.run.policyfiles import read_extended

    complaints: list[Diagnostic] = []
    for path in map(display, files):
        try:
            facts = site_facts(read_extended(path))
        except PolicyError as error:
            complaints += error.complaints
        except (OSError, ValueError) as error:
            complaints.append(Diagnostic(f"the file cannot be read: {error}", at=path))
        else:
            click.echo(f"{path}: valid, {counted(facts) or 'nothing in it'}")
            for said in overridden(facts):
                click.echo(f"  {said}")
    if complaints:
        raise PolicyError(*complaints)


def _state(table: DatedTable, day: str) -> str:
    return "stale" if table.is_stale(day) else ""
