"""`imagelint completion SHELL`."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the shell completion script, for `eval "$(imagelint completion bash)"` in a profile."""
    from click.shell_completion import BashComplete, FishComplete, ZshComplete

    from imagelint.cli.commands import main

    complete = {"bash": BashComplete, "fish": FishComplete, "zsh": ZshComplete}[shell]
    click.echo(complete(main, {}, "imagelint", "_IMAGELINT_COMPLETE").source())
