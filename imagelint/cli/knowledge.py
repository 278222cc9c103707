"""`imagelint knowledge`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imagelint.knowledge.inventory import DatedTable, Entry


@click.command()
@click.argument("word", default="")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def knowledge(*, word: str, as_json: bool) -> None:
    """List the tables of facts with their day and source, or what they say about WORD.

    A table is stale when its facts are to be compared with their source again.
    """
    from imagelint.collect.environment import today
    from imagelint.knowledge.inventory import search, tables

    day = today()
    if word:
        entries = tuple(search(word))
        _show_entries(entries, as_json=as_json)
        return
    rows = tables()
    if as_json:
        import json

        listed = [{**one._asdict(), "stale": one.is_stale(day)} for one in rows]
        click.echo(json.dumps(listed, indent=2))
        return
    width = max(len(one.name) for one in rows)
    for one in rows:
        click.echo(f"{one.name:{width}}  {one.asof}  {_state(one, day):5}  {one.source}")


def _show_entries(entries: Sequence[Entry], *, as_json: bool) -> None:
    if as_json:
        import json

        click.echo(json.dumps([one._asdict() for one in entries], indent=2))
        return
    for one in entries:
        click.echo(f"{one.table}: {one.place}: {one.text}")
    if not entries:
        click.echo("nothing is known of it")


def _state(table: DatedTable, day: str) -> str:
    return "stale" if table.is_stale(day) else ""
