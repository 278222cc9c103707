"""Write again what the rules say in their cases, how packs level them, and which fixes there are.

    python tools/golden.py [--check] [RULE…]

With `--check` nothing is written: it ends with 1 and names each file that would change. With names
of rules, it is about them alone, and the files of rules that there are no more are left. Where a
rule or a reader crashes, which happens where something is not installed, nothing is written.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from imagelint.rules import catalog  # noqa: E402
from tests.rules.golden import (  # noqa: E402
    FIXES,
    PACK_LEVELS,
    RULES,
    golden_file,
    section,
    written_fixes,
    written_packs,
)


def main(arguments: list[str]) -> int:
    wanted = [argument for argument in arguments if not argument.startswith("-")]
    texts = {golden_file(name): section(name) for name in wanted or catalog.names()}
    crashed = sorted(path.stem for path, text in texts.items() if "rule-crashed" in text)
    if crashed:
        print(f"something crashes in the cases of {', '.join(crashed)}: nothing is written")
        return 2
    texts[PACK_LEVELS] = written_packs()
    texts[FIXES] = written_fixes(texts)
    changed = [path for path, text in texts.items() if not _holds(path, text)]
    gone = [] if wanted else sorted(set(RULES.rglob("*.txt")) - set(texts))
    for path in (*changed, *gone):
        print(path.relative_to(ROOT))
        if "--check" not in arguments:
            _write(path, texts.get(path))
    return 1 if changed + gone and "--check" in arguments else 0


def _write(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
