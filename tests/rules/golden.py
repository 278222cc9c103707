"""All that the rules say in their cases and examples, as texts that people review."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
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
FIXES = Path(__file__).parents[2] / "docs" / "fixes.md"
_NO_LEVEL = "-"
_SAFETY = {
    frozenset({"fix"}): "always",
    frozenset({"unsafe fix"}): "with `--unsafe`",
    frozenset({"fix", "unsafe fix"}): "always where it is safe, else with `--unsafe`",
}
_FIXES_PAGE = """\
# Fixes

`imagelint fix [PATH…]` mends in files what has a fix. A fix replaces the words that it is about, in
the file that holds them (a value that an overlay takes from its base is mended in the base); every
other byte, comments, quotes and line ends too, stays as it is.

- A fix is **safe** if it cannot change what is built or run. The others are made with `--unsafe`:
  see them with `--unsafe --diff` first.
- Fixes that are about the same place are made one after the other, in at most ten rounds; after
  each, the files are examined again. A fix that leaves a file which cannot be read, or a rule that
  says as much as before, is taken back and told.
- `--rule RULE|FAMILY` mends only what these rules find, `--interactive` asks about each fix,
  `--diff` shows what would be changed, `--check` changes nothing and ends with 1 if there is a fix
  to make.
- What is allowed, waived or in the baseline is left as it is; so is a file that is not UTF-8, that
  lies outside of its repository, or that somebody changes meanwhile.
- In templates of charts, and in text that stands in another file, nothing is mended: there the help
  of the finding says what to write.
- `imagelint fix - --stdin-filename Dockerfile` mends standard input, for editors. A diff masks
  secrets, so it cannot be applied as a patch where it shows one.

| rule | is mended |
|---|---|
"""


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


def written_fixes(texts: Mapping[Path, str] = MappingProxyType({})) -> str:
    """The page about fixes, by the golden files of the rules: their texts, or those given."""
    page = _FIXES_PAGE
    for name in catalog.names():
        path = golden_file(name)
        text = texts.get(path) or path.read_text(encoding="utf-8")
        made = {word for word in ("fix", "unsafe fix") if f"\n  {word}: " in text}
        if made:
            page += f"| [`{name}`](rules/{name}.md) | {_SAFETY[frozenset(made)]} |\n"
    return page


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
