"""Begin a rule: its file, its file of cases, and a line in a pack.

    python tools/newrule.py NAME [--family FAMILY] [--subject SUBJECT] [--pack PACK]

NAME is in kebab-case and names the bad pattern. What is written fails its tests until it is
filled in; they say what is missing.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from imagelint.custom.subjects import SUBJECTS
from imagelint.rules import catalog

if TYPE_CHECKING:
    from imagelint.custom.subject import Subject

ROOT = Path(__file__).parents[1]
RULE = '''\
"""The rule `{name}`."""

from __future__ import annotations

from {module} import {kind}
from imagelint.rules.api import Context, Findings, Severity, rule


@rule({kind}, Severity.MEDIUM)
def {stem}({word}: {kind}, ctx: Context) -> Findings:
    """Say here in one sentence what is wrong.

    Say here why it matters, and from where that is known.

    Bad ({file}):
        write here a text on which it speaks

    Good ({file}):
        write here what is right
    """
    if ctx.text({word}.span) == "what is wrong":
        yield ctx.finding({word}, "say what is wrong", help="say what to write instead")
'''
CASES = """\
# {name}

## Say here in a sentence which form is told.

```{file}
# expect: {name}
write here a form as people really write it
```

## Say here in a sentence what is not told, and why.

```{file}
write here what looks alike and is right, or is not known
```
"""
NEXT = """\
{rule}: the rule: fill in the docstring, then the condition
{cases}: its cases: each trap is a case that is silent
{pack}: the line that has it on; baseline takes only what is certain

Then:
  make generate
  .venv/bin/python -m pytest tests/rules -q -k "{name} or {stem}"
  .venv/bin/python tools/mutants.py {name}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name", help="in kebab-case: what is bad")
    parser.add_argument("--family", default="build", choices=catalog.families())
    parser.add_argument("--subject", default="stage", choices=SUBJECTS)
    parser.add_argument("--pack", default="recommended")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    given = parser.parse_args()
    wrong = complaint(given.name, given.root)
    if wrong:
        print(f"error: {wrong}", file=sys.stderr)
        return 2
    subject = SUBJECTS[given.subject]
    written = files(given.name, given.family, subject)
    for path, text in written.items():
        (given.root / path).write_text(text, encoding="utf-8")
    pack = f"policies/{given.pack}.yaml"
    switched_on(given.root / pack, given.name, given.family)
    rule, cases = written
    stem = given.name.replace("-", "_")
    print(NEXT.format(rule=rule, cases=cases, pack=pack, name=given.name, stem=stem), end="")
    return 0


def complaint(name: str, root: Path) -> str:
    """Why there can be no rule of that name; empty when there can."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", name):
        return f"{name!r} is no name of a rule: two or more words in kebab-case, such as root-user"
    if catalog.find(name):
        return f"{name!r} is taken: see `imagelint explain {name}`"
    if list((root / "imagelint" / "rules").glob(f"*/{name.replace('-', '_')}.py")):
        return f"{name!r} has been begun already"
    return ""


def files(name: str, family: str, subject: Subject) -> dict[str, str]:
    """The texts of the rule and of its cases by their paths."""
    stem, kind = name.replace("-", "_"), subject.types[0]
    values = {
        "name": name,
        "stem": stem,
        "module": kind.__module__,
        "kind": kind.__qualname__,
        "word": re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__qualname__).lower(),
        "file": subject.file,
    }
    return {
        f"imagelint/rules/{family}/{stem}.py": RULE.format(**values),
        f"testdata/rules/{family}/{name}.md": CASES.format(**values),
    }


def switched_on(path: Path, name: str, family: str) -> None:
    """Put a line behind those of the family's rules in a pack, or at the end of all rules."""
    lines = path.read_text(encoding="utf-8").splitlines()
    first = lines.index("rules:")
    heads = [at for at, line in enumerate(lines) if at > first and line == f"  # {family}"]
    at = heads[0] + 1 if heads else len(lines)
    while at < len(lines) and lines[at].startswith("  ") and not lines[at].startswith("  #"):
        at += 1
    path.write_text("\n".join([*lines[:at], f"  {name}: on", *lines[at:]]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
