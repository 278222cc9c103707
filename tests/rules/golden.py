"""All that the rules say in their cases and examples, as texts that people review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from imagelint.policy.builtin import PACKS
from imagelint.policy.load import pack
from imagelint.rules import catalog
from imagelint.rules.documentation import read_documentation
from tests.rules.fixes import all_edits, apply_fixes
from tests.rules.projects import Given, cases_of, environment, examine_files, given

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.core.finding import Finding, Fix, Location, Note
    from imagelint.rules.rule import Rule
    from tests.rules.projects import Told

FOLDER = Path(__file__).parents[2] / "testdata" / "golden"
RULES, PACK_LEVELS = FOLDER / "rules", FOLDER / "packs.txt"
_NO_LEVEL = "-"


class Block(NamedTuple):
    """What one rule says about one project: `text` is empty when it says nothing."""

    heading: str
    text: str


def golden_file(name: str) -> Path:
    """The golden file about one rule, in the folder of its family."""
    return RULES / catalog.family(name) / f"{name}.txt"


def section(name: str) -> str:
    """What one rule is, and what it says in all of its cases and examples."""
    rule = catalog.load(name)
    told = (f"\n## {block.heading}\n{block.text}" for block in blocks(rule) if block.text)
    return "".join((f"# {head(rule).text}\n", *told))


def head(rule: Rule) -> Block:
    """What a rule is."""
    return Block(rule.name, f"{rule.name} {rule.severity} {rule.confidence.value}")


def blocks(rule: Rule) -> Iterator[Block]:
    """What a rule says, case by case and then example by example, as it is examined."""
    for case in cases_of(rule.name):
        told = examine_files(rule.name, case.files, given(case))
        yield Block(case.title, "".join(_told(told, case.files)))
    for number, example in enumerate(read_documentation(rule.doc).examples, 1):
        files = dict(example.files)
        told = examine_files(rule.name, files, Given(environment=environment(example.declared)))
        heading = f"Example {number}, {'bad' if example.bad else 'good'}."
        yield Block(heading, "".join(_told(told, files)))


def _told(told: Told, files: Mapping[str, str]) -> Iterator[str]:
    for problem in told.report.problems:
        yield f"{problem.origin} {problem.kind.value}\n  {problem.detail}\n"
    for finding in told.findings:
        yield from (f"{line}\n" for line in _lines(finding))
    for origin, text in apply_fixes(files, told.findings).items():
        yield f"fixed {origin}\n"
        yield from (f"  |{line}\n" for line in text.splitlines())


def _lines(finding: Finding) -> Iterator[str]:
    levels = f"{finding.severity} {finding.confidence.value}"
    path = f" {finding.location.path}" if finding.location.path else ""
    yield f"{_place(finding.location)} {levels} [{finding.subject}]{path}"
    yield f"  {finding.message}"
    if finding.help:
        yield f"  help: {finding.help}"
    yield from map(_note, finding.notes)
    if finding.fix:
        yield from _fix(finding, finding.fix)


def _place(location: Location) -> str:
    start, end = location.start, location.end
    last = f"{end.column}" if end.line == start.line else f"{end.line}:{end.column}"
    return f"{location.origin}:{start.line}:{start.column}-{last}"


def _note(note: Note) -> str:
    return f"  note: {note.message}" + (f" ({_place(note.location)})" if note.location else "")


def _fix(finding: Finding, fix: Fix) -> Iterator[str]:
    yield f"  {'fix' if fix.safe else 'unsafe fix'}: {fix.title}"
    for origin, edit in all_edits((finding,)):
        yield f"    {origin} {edit.span.start}-{edit.span.end} -> {edit.text!r}"


def written_packs() -> str:
    """The golden file about packs: the level of each rule in each pack, and its options."""
    rows = [("rule", "own", *PACKS)]
    rows += [(name, str(catalog.load(name).severity), *_levels(name)) for name in catalog.names()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join(_row(row, widths) for row in rows)


def _levels(name: str) -> Iterator[str]:
    for title in PACKS:
        rules = pack(title).rules
        if name not in rules:
            yield _NO_LEVEL
            continue
        setting = rules[name]
        options = (f"{key}={value}" for key, value in setting.options.items())
        exempt = (f"exempt={glob}" for glob in setting.exempt)
        yield " ".join((str(setting.level or "on"), *options, *exempt))


def _row(row: tuple[str, ...], widths: list[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return "  ".join(padded).rstrip() + "\n"
