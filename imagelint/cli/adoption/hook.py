"""The entry in the configuration of pre-commit."""

from __future__ import annotations

import os.path

import click

from imagelint import __version__

HOOKS = ".pre-commit-config.yaml"


def add_hook(path: str) -> None:
    """Add our entry to a file, or say what to add where that cannot be done."""
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
