"""`imagelint completion SHELL`."""

from __future__ import annotations

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the shell completion script, for `eval "$(imagelint completion bash)"` in a profile."""
    from click.shell_completion import get_completion_class

    from imagelint.cli.commands import main

    complete = get_completion_class(shell)
    if complete is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(complete(main, {}, "imagelint", "_IMAGELINT_COMPLETE").source())
