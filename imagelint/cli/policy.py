"""`imagelint policy show|check|test|export|schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.shared import policy_options
from imagelint.cli.policyexport import export

if TYPE_CHECKING:
    from imagelint.cli.options.policy import PolicyOptions


@click.group(invoke_without_command=True)
@click.pass_context
def policy(ctx: click.Context) -> None:
    """Show, check or describe policies."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@policy.command()
@policy_options
def show(*, policy: PolicyOptions) -> None:
    """Show the policy that holds here, merged, with the origin of each line."""
    from imagelint.policy import show as lines

    click.echo(lines.aligned(lines.show(policy.open().policies.of("."))), nl=False)


@policy.command()
@click.argument("files", nargs=-1, type=click.Path())
def check(*, files: tuple[str, ...]) -> None:
    """Check policy files; by default the one that holds here."""
    from imagelint.collect.files import display
    from imagelint.collect.findup import nearest
    from imagelint.core.errors import Diagnostic, PolicyError, UsageError
    from imagelint.policy.check import former_names
    from imagelint.policy.load import load_policy
    from imagelint.policy.text import read_text
    from imagelint.run.policyfiles import POLICY_NAME, read_extended, read_source

    found = tuple(map(display, files or filter(None, (nearest(".", POLICY_NAME),))))
    if not found:
        raise UsageError(Diagnostic(f"there is no {POLICY_NAME} here", help="imagelint init"))
    complaints: list[Diagnostic] = []
    for path in found:
        try:
            source = read_source(path)
            loaded = load_policy(source, read_extended)
        except PolicyError as error:
            complaints.extend(error.complaints)
        else:
            click.echo(f"{path}: valid, {len(loaded.enabled)} rules on")
            for advice in former_names(read_text(source)):
                click.echo(f"  {advice.at}: {advice.message}: {advice.help}")
    if complaints:
        raise PolicyError(*complaints)


@policy.command()
@click.argument("files", nargs=-1, type=click.Path())
def test(*, files: tuple[str, ...]) -> int:
    """Try the rules that policy files define on their examples."""
    from imagelint.cli.policytest import try_rules

    return try_rules(files)


@policy.command()
def schema() -> None:
    """Print the JSON Schema of policies, for editors."""
    from imagelint.policy.schema import written_schema

    click.echo(written_schema(), nl=False)


policy.add_command(export)
