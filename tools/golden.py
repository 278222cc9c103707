"""Write again what the rules say in their cases, and how the packs level them.

    python tools/golden.py [--check]

With `--check` nothing is written: it ends with 1 and names each file that would change.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.rules.golden import CASES, PACK_LEVELS, written_cases, written_packs  # noqa: E402


def main(arguments: list[str]) -> int:
    texts = {CASES: written_cases(), PACK_LEVELS: written_packs()}
    changed = [path for path, text in texts.items() if not _holds(path, text)]
    for path in changed:
        print(path.relative_to(ROOT))
        if "--check" not in arguments:
            path.write_text(texts[path], encoding="utf-8")
    return 1 if changed and "--check" in arguments else 0


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
