"""`imagelint rules`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.shared import policy_options
from imagelint.cli.options.valuetypes import OneOf

if TYPE_CHECKING:
    from imagelint.cli.options.policy import PolicyOptions


@click.command()
@policy_options
@click.option("--json", "as_json", is_flag=True, help="As JSON: the same as --format json.")
@click.option("--format", "form", type=OneOf(("text", "json")), default="text")
def rules(*, policy: PolicyOptions, as_json: bool, form: str) -> None:
    """List the rules: name, level under the policy that holds here, summary."""
    from imagelint.policy.custom.rulebook import Rulebook
    from imagelint.rules import catalog
    from imagelint.rules.documentation import read_documentation

    holds = policy.open().policies.of(".")
    rows, references = [], []
    book = Rulebook(holds.own)
    for name in (*catalog.names(), *sorted(holds.own)):
        rule = book.load(name)
        level = holds.rules[name].level if name in holds.rules else "off"
        shown = str(rule.severity) if level in {"on", None} else str(level)
        summary = read_documentation(rule.doc).summary
        rows.append((name, catalog.family(name), shown, rule.confidence.value, summary))
        references.append(rule.references)
    if as_json or form == "json":
        import json

        keys = ("name", "family", "level", "confidence", "summary")
        listed = [
            {**dict(zip(keys, row, strict=True)), "references": list(ids)}
            for row, ids in zip(rows, references, strict=True)
        ]
        click.echo(json.dumps(listed, indent=2))
        return
    width = max(len(row[0]) for row in rows)
    family = ""
    for name, of, shown, _, summary in sorted(rows, key=lambda row: (row[1], row[0])):
        if of != family:
            click.echo(f"{'' if not family else chr(10)}{of}")
            family = of
        click.echo(f"  {name:{width}}  {shown:8}  {summary}")
