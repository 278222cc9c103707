"""`imagelint knowledge [WORD]`, `imagelint knowledge check|schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.shared import policy_file_options

if TYPE_CHECKING:
    from imagelint.cli.options.policy import PolicyOptions

_FIND = "find"


class WordOrCommand(click.Group):
    """A group whose first argument may be a word as well: `--` before it takes any word as one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What is no command of the group is looked up."""
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "-h")):
            args = [_FIND, *args]
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or the one that looks it up."""
        return super().get_command(ctx, cmd_name) or self.commands[_FIND]


@click.group(cls=WordOrCommand, subcommand_metavar="[--json] [WORD] | COMMAND [ARGS]...")
def knowledge() -> None:
    """List the tables of facts with their day and source, or what they say about WORD.

    With the facts of the policy that holds here: `find --help` names the options. A table is stale
    when its facts are to be compared with their source again.
    """


@knowledge.command(_FIND)
@click.argument("word", default="")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@policy_file_options
def find(*, word: str, as_json: bool, policy: PolicyOptions) -> None:
    """The same, with options: what stands without a command."""
    from imagelint.cli.output.facts import show_entries, show_tables
    from imagelint.knowledge.tables import hold

    hold(policy.open(cached=False).policies.of(".").environment.knowledge)
    (show_entries if word else show_tables)(word, as_json=as_json)


@knowledge.command()
@click.argument("files", nargs=-1, required=True, type=click.Path())
def check(*, files: tuple[str, ...]) -> None:
    """Check files of facts, and tell what of ours they override."""
    from imagelint.cli.output.facts import check_files

    check_files(files)


@knowledge.command()
def schema() -> None:
    """Print the JSON Schema of files of facts, for editors."""
    from imagelint.policy.site.schema import written_knowledge_schema

    click.echo(written_knowledge_schema(), nl=False)
