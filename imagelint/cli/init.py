"""`imagelint init`."""

from __future__ import annotations

import os.path
from pathlib import Path
from typing import TYPE_CHECKING

import click

from imagelint import __version__
from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from imagelint.policy.starter import Inventory

_HOOKS = ".pre-commit-config.yaml"


@click.command()
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False))
@click.option("--force", is_flag=True, help="Overwrite an existing policy.")
def init(*, folder: str, force: bool) -> None:
    """Write a first policy and a pre-commit entry after looking at what the repository holds."""
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
    inventory = take_inventory(folder)
    name = Path(folder).resolve().name
    write_text(path, [starter_policy(inventory, name)])
    click.echo(f"wrote {path}: {_found(inventory)}")
    _add_hook(str(Path(folder, _HOOKS)))
    click.echo("next: imagelint check")


def _found(inventory: Inventory) -> str:
    counts = ", ".join(f"{number} {kind}" for kind, number in sorted(inventory.kinds.items()))
    return f"found {counts}" if counts else "found nothing to examine yet"


def _add_hook(path: str) -> None:
    from imagelint.collect.read import decode, read_bytes
    from imagelint.collect.write import write_text
    from imagelint.policy.starter import hook_entry, with_hook

    before = read_bytes(path, path) if os.path.lexists(path) else b""
    read = decode(before, path) if isinstance(before, bytes) else None
    text = read.source.text if read and read.source and not read.problems else None
    after = None if text is None else with_hook(text, __version__)
    if after is None:
        click.echo(f"{path} was left alone; add this below `repos:`\n{hook_entry(__version__)}")
    elif after == text:
        click.echo(f"{path} has the hook already")
    else:
        write_text(path, [after])
        click.echo(f"wrote {path}: runs imagelint before each commit")
