"""Write again what is generated from the code: packs, schema, the pages about rules.

    python tools/generate.py [--check]

With `--check` nothing is written: it ends with 1 and names each file that would change.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from imagelint.cli.explain import page
from imagelint.core.source import Source
from imagelint.policy.compile import compile_packs
from imagelint.policy.load import pack
from imagelint.policy.schema import written_schema
from imagelint.rules import catalog
from imagelint.rules.documentation import read_documentation

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKS = ("baseline", "recommended", "strict", "gpu-serving")


def generated() -> Iterator[tuple[Path, str]]:
    """Each generated file with its text. What is written first, later ones are made of."""
    packs = sorted((ROOT / "policies").glob("*.yaml"))
    sources = [Source(f"policies/{path.name}", path.read_text(encoding="utf-8")) for path in packs]
    yield ROOT / "imagelint" / "policy" / "builtin.py", compile_packs(sources)
    yield ROOT / "policies" / "policy.schema.json", written_schema()
    yield ROOT / "docs" / "rules" / "README.md", index()
    for name in catalog.names():
        yield ROOT / "docs" / "rules" / f"{name}.md", rule_page(name)


def rule_page(name: str) -> str:
    on = [
        title for title in PACKS if pack(title).setting(name).enabled and name in pack(title).rules
    ]
    where = ", ".join(f"`{title}`" for title in on) or "none: switch it on by name"
    text = "\n".join(page(catalog.load(name)))
    return f"{text}\n\nOn in the packs: {where}.\n"


def index() -> str:
    lines = [
        "# Rules",
        "",
        (
            "Generated from the rules' own documentation. "
            "`imagelint explain NAME` prints the same pages; NAME may be another tool's id."
        ),
    ]
    for family in catalog.TABLE:
        lines += ["", f"## {family}", "", "| rule | severity | says |", "|---|---|---|"]
        for name in sorted(name for names in catalog.TABLE[family].values() for name in names):
            rule = catalog.load(name)
            summary = read_documentation(rule.doc).summary.replace("|", "\\|")
            lines.append(f"| [{name}]({name}.md) | {rule.severity} | {summary} |")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    stale = []
    wanted = set()
    for path, text in generated():
        wanted.add(path)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if "--check" not in arguments:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for path in (ROOT / "docs" / "rules").glob("*.md"):
        if path not in wanted:
            stale.append(path)
            if "--check" not in arguments:
                path.unlink()
    for path in stale:
        print(path.relative_to(ROOT))
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
