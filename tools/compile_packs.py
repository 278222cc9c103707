"""Writes imagelint/policy/builtin.py from policies/*.yaml, then policies/policy.schema.json."""

from __future__ import annotations

from pathlib import Path

from imagelint.core.source import Source
from imagelint.policy.compile import compile_packs

ROOT = Path(__file__).parents[1]


def main() -> None:
    packs = sorted((ROOT / "policies").glob("*.yaml"))
    sources = [Source(f"policies/{path.name}", path.read_text(encoding="utf-8")) for path in packs]
    target = ROOT / "imagelint" / "policy" / "builtin.py"
    target.write_text(compile_packs(sources), encoding="utf-8")
    # It names the packs, so it is made of what was just written.
    from imagelint.policy.schema import written_schema

    schema = ROOT / "policies" / "policy.schema.json"
    schema.write_text(written_schema(), encoding="utf-8")


if __name__ == "__main__":
    main()
