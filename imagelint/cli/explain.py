"""`imagelint explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.names import NameType, rules_and_families
from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.rules.rule import Rule


@click.command()
@click.argument("name", type=NameType("NAME", rules_and_families))
def explain(name: str) -> None:
    """Explain a rule by its name, a former name, or another tool's id (DL3002, DS-0002, …)."""
    from imagelint.cli.prose import plain
    from imagelint.rules import catalog

    found = catalog.find(name)
    if not found:
        raise UsageError(Diagnostic(f"nothing answers to {name!r}", help=_hint(name)))
    former = name.lower().strip()
    if len(catalog.successors(former)) > 1:
        click.echo("\n".join(_split(former)))
        return
    pages = ("\n".join(plain(page(catalog.load(rule)))) for rule in found)
    click.echo("\n\n".join(pages))


def _split(former: str) -> Iterator[str]:
    """What became of a rule that is several rules now."""
    from imagelint.rules import catalog
    from imagelint.rules.documentation import read_documentation

    successors = catalog.successors(former)
    width = max(map(len, successors))
    yield f"`{former}` is the former name of {len(successors)} rules:\n"
    for name in successors:
        rule = catalog.load(name)
        yield f"  {name:{width}}  {rule.severity!s:8}  {read_documentation(rule.doc).summary}"
    yield "\nWhat a policy or an allowance says by the former name holds for all of them."
    yield "`imagelint explain NAME` tells more about one."


def _hint(name: str) -> str:
    from imagelint.engine.suppression import nearest_rule

    near = nearest_rule(name)
    return f"did you mean {near}?" if near else "see `imagelint rules`"


def page(rule: Rule) -> Iterator[str]:
    """The lines of a rule's page: markdown."""
    from imagelint.cli.describe import examples_markdown
    from imagelint.policy.options import options_of
    from imagelint.rules import catalog
    from imagelint.rules.documentation import read_documentation

    documentation = read_documentation(rule.doc)
    yield f"# {rule.name}\n"
    yield f"{documentation.summary}\n"
    yield f"{rule.severity} · {rule.confidence.value} · {catalog.family(rule.name)}\n"
    yield f"{documentation.why}\n"
    yield examples_markdown(documentation).rstrip("\n")
    if rule.options is not None:
        yield "\n## Options\n"
        for option in options_of(rule.options):
            meaning = option.metadata.get("doc", "")
            yield f"- `{option.key}` (default `{option.default}`): {meaning}".rstrip(": ")
    if rule.references:
        yield "\n## The same elsewhere\n"
        yield from (f"- {reference}" for reference in rule.references)
    if rule.former:
        yield f"\nFormer names: {', '.join(rule.former)}"
