"""`imagelint explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.options.names import NameType, rules_and_families
from imagelint.cli.options.shared import policy_options
from imagelint.core.errors import Diagnostic, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.cli.options.policy import PolicyOptions
    from imagelint.rules.rule import Rule


@click.command()
@click.argument("name", type=NameType("NAME", rules_and_families))
@policy_options
def explain(name: str, *, policy: PolicyOptions) -> None:
    """Explain a rule by its name, a former name, or another tool's id (DL3002, DS-0002, …).

    The policy that holds here says which rules there are that are not imagelint's.
    """
    from imagelint.cli.explanations.plaintext import plain
    from imagelint.rules import catalog

    if catalog.is_custom(name):
        from imagelint.cli.explanations.names import own_rule

        click.echo("\n".join(plain(page(own_rule(name, policy)))))
        return
    found = catalog.find(name)
    if not found:
        from imagelint.cli.explanations.names import hint

        raise UsageError(Diagnostic(f"nothing answers to {name!r}", help=hint(name)))
    former = name.lower().strip()
    if len(catalog.successors(former)) > 1:
        from imagelint.cli.explanations.names import split_names

        click.echo("\n".join(split_names(former)))
        return
    pages = ("\n".join(plain(page(catalog.load(rule)))) for rule in found)
    click.echo("\n\n".join(pages))


def page(rule: Rule) -> Iterator[str]:
    """The lines of a rule's page: markdown."""
    from imagelint.cli.explanations.rulepage import examples_markdown
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
