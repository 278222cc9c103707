"""Write again what is generated from the code: packs, schema, the pages about rules.

    python tools/generate.py [--check]

With `--check` nothing is written: it ends with 1 and names each file that would change.
"""

from __future__ import annotations

import os
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


BUILTIN = ROOT / "imagelint" / "policy" / "builtin.py"


def generated() -> Iterator[tuple[Path, str]]:
    """Each generated file with its text. What is written first, later ones are made of."""
    packs = sorted((ROOT / "policies").glob("*.yaml"))
    sources = [Source(f"policies/{path.name}", path.read_text(encoding="utf-8")) for path in packs]
    yield BUILTIN, compile_packs(sources)
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
    check = "--check" in arguments
    texts = dict(generated())
    changed = [path for path, text in texts.items() if not _holds(path, text)]
    surplus = [path for path in (ROOT / "docs" / "rules").glob("*.md") if path not in texts]
    for path in (*changed, *surplus):
        print(path.relative_to(ROOT))
    if check:
        return 1 if changed or surplus else 0
    for path in surplus:
        path.unlink()
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
    if BUILTIN in changed:
        # The rest is made of what has just been written.
        os.execv(sys.executable, [sys.executable, *sys.argv])  # noqa: S606 - ourselves
    return 0


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
