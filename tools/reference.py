"""The pages that are a reference, written from what the program itself reads them from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from imagelint.cli.commands import main
from imagelint.knowledge.inventory import tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[1]
WIDTH = 100
# Of the policy's schema: what has no heading of its own.
WORDS = {"level": "a level", "least": "a level", "extent": "a level", "setting": "a level"}


def command_page() -> str:
    """Every command with its options, as `--help` prints them."""
    lines = [
        "# Commands",
        "",
        "Generated from the program: this is what `imagelint COMMAND --help` prints.",
    ]
    for name, text in helps(main, "imagelint"):
        lines += ["", f"## {name}", "", "```text", text, "```"]
    return "\n".join(lines) + "\n"


def helps(command: click.Command, name: str) -> Iterator[tuple[str, str]]:
    """The help of a command, and of those below it."""
    with click.Context(command, info_name=name, terminal_width=WIDTH) as context:
        yield name, command.get_help(context)
        if isinstance(command, click.Group):
            for child in command.list_commands(context):
                below = command.get_command(context, child)
                if below is not None:
                    yield from helps(below, f"{name} {child}")


def policy_page(schema: Mapping[str, Any]) -> str:
    """Every key of a policy, but for the options of rules, which are on their pages."""
    lines = [
        "# Policy keys",
        "",
        "Generated from the schema by which policies are checked. [Policies](policy.md) explains",
        "them, and the page of [each rule](rules/README.md) has its options.",
        "",
        "| key | holds | |",
        "|---|---|---|",
    ]
    lines += fields(schema)
    lines.append(
        "| `rules.RULE` | a level, or a mapping | `level`, `exempt`, and the options of the rule |"
    )
    return "\n".join(lines) + "\n"


def report_page() -> str:
    """Every field of the JSON report."""
    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
    lines = [
        "# Fields of the JSON report",
        "",
        "Generated from [the schema](schemas/report-1.json). [The JSON report](json-report.md)",
        "says what stays as it is from version to version.",
        "",
        "| field | holds | |",
        "|---|---|---|",
        *fields(schema),
    ]
    for name, part in schema["$defs"].items():
        lines += ["", f"## {name}", "", part.get("description", ""), ""]
        rows = [*fields(part)]
        lines += ["| field | holds | |", "|---|---|---|", *rows] if rows else [holds(part)]
    return "\n".join(lines) + "\n"


def fields(schema: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """A row for each property, with those within; what holds for each rule is not repeated."""
    for name, part in schema.get("properties", {}).items():
        path = f"{at}.{name}" if at else name
        yield f"| `{path}` | {holds(part)} | {cell(part.get('description', ''))} |"
        if path.rpartition(".")[2] != "rules":
            within = part.get("items", part)
            yield from fields(within, f"{path}[]" if "items" in part else path)


def holds(part: Mapping[str, Any]) -> str:
    """What may stand there, in words."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        return WORDS.get(name, f"[{name}](#{name})")
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        return words(part["enum"])
    if "anyOf" in part:
        return " or ".join(dict.fromkeys(holds(one) for one in part["anyOf"]))
    kind = part.get("type", "anything")
    kinds = " or ".join(kind) if isinstance(kind, list) else str(kind)
    return f"list of {holds(part['items'])}" if "items" in part else kinds


def words(values: Sequence[str]) -> str:
    """Each of them, but for the names of rules, of which there are hundreds on their own page."""
    if "root-user" not in values:
        return ", ".join(f"`{word}`" for word in values)
    return "a rule or a family of rules" if "images" in values else "a rule"


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def knowledge_page() -> str:
    """Every table of facts, with its day and where it was read."""
    lines = [
        "# Tables of facts",
        "",
        "Generated from the tables. What rules know of engines, GPUs, releases and hubs is data,",
        "with the day on which it was last compared with its source. `imagelint knowledge WORD`",
        "looks a word up in them; [engines](engines.md) has those that serve models.",
        "",
        "| table | compared | again after | source |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{one.name}` | {one.asof} | {one.stale_after} days | {cell(one.source)} |"
        for one in tables()
    ]
    return "\n".join(lines) + "\n"
