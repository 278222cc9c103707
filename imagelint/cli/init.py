"""`imagelint init`."""

from __future__ import annotations

import os.path
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imagelint.cli.adoption.linters import CONFIGURATIONS
from imagelint.cli.options.valuetypes import OneOf
from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from imagelint.policy.starter import Inventory


@click.command()
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False))
@click.option("--force", is_flag=True, help="Overwrite an existing policy.")
@click.option(
    "--from",
    "tool",
    type=OneOf(tuple(CONFIGURATIONS)),
    help="Make it of the configuration of another linter.",
)
@click.option("--config", type=click.Path(), metavar="FILE", help="That configuration.")
def init(*, folder: str, force: bool, tool: str | None, config: str | None) -> None:
    """Write a first policy and a pre-commit entry after looking at what the repository holds."""
    from imagelint.cli.adoption.hook import HOOKS, add_hook
    from imagelint.collect.files import display
    from imagelint.collect.findup import is_repository, nearest
    from imagelint.collect.write import write_text
    from imagelint.policy.starter import starter_policy
    from imagelint.run.inventory import take_inventory
    from imagelint.run.policyfiles import POLICY_NAME

    path = str(Path(folder, POLICY_NAME))
    if os.path.lexists(path) and not force:
        hint = "change it by hand, or use --force to begin anew"
        raise UsageError(Diagnostic("there is a policy already", at=path, help=hint))
    above = nearest(str(Path(folder).resolve().parent), POLICY_NAME)
    if above is not None and not force and not is_repository(folder):
        hint = "change that one, or use --force to replace it here"
        raise UsageError(Diagnostic("a policy holds here already", at=display(above), help=hint))
    name = Path(folder).resolve().name
    if tool:
        from imagelint.cli.adoption.policy import adopt

        text, done = adopt(tool, folder, config, name)
    else:
        inventory = take_inventory(folder)
        text, done = starter_policy(inventory, name), _found(inventory)
    write_text(path, [text])
    click.echo(f"wrote {path}: {done}")
    add_hook(str(Path(folder, HOOKS)))
    click.echo("next: imagelint check")


def _found(inventory: Inventory) -> str:
    counts = ", ".join(f"{number} {kind}" for kind, number in sorted(inventory.kinds.items()))
    return f"found {counts}" if counts else "found nothing to examine yet"
