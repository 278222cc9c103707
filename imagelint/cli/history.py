"""`imagelint history`."""

from __future__ import annotations

import click


@click.command()
@click.argument("image")
@click.option("--store", metavar="FILE|URL", default="", help="[default: imagelint-audit.db]")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of a table and a plot.")
def history(*, image: str, store: str, as_json: bool) -> int:
    """Show what evaluations of an image came to, tag by tag, and which of them were promoted.

    IMAGE is a repository, with or without a tag. What `evaluate --store` and `gate --store` keep is
    shown, the oldest first; a bar of the plot is a tag.
    """
    from imagelint.cli.output.missingextras import need_store

    need_store()
    from imagelint.cli.output.history import history_of

    return history_of(image, store, as_json=as_json)
