"""The page about attacks on the verdict, from the tests that try them."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from tests.gate.attack import Attack, Said, attacks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
HEAD = """\
# Attacks on the verdict

Generated from the tests in `tests/gate/` and `tests/action/`: each row is a test that runs the real
Trivy, cosign and registry beside imagelint, or the steps of the Action, and fails unless all answer
as the row says. A number is the exit code of the command; of imagelint, 0 is pass, 1 fail, 2 an
error of usage, 3 incomplete. Of the Action the input is named, and 2 is a step that fails with the
verdict `incomplete`.
"""
ROOMS = ("gate", "action")
TABLE = """
## {title}

| attack | bare tools | imagelint | test |
|---|---|---|---|
"""


def security_page() -> str:
    """The text of `docs/security.md`."""
    return HEAD + "".join(_tables())


def _tables() -> Iterator[str]:
    folders = (ROOT / "tests" / room for room in ROOMS)
    for path in (file for folder in folders for file in sorted(folder.glob("test_*.py"))):
        module = importlib.import_module(f"tests.{path.parent.name}.{path.stem}")
        attacks = attacks_of(module)
        if attacks:
            yield TABLE.format(title=module.TITLE)
            yield from (f"{_row(one)}\n" for one in attacks)


def _row(one: Attack) -> str:
    bare = _cell(one.bare) if one.bare else "nothing to ask"
    cells = (one.title, bare, _cell(one.ours), f"`{one.test.partition('::')[2]}`")
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _cell(said: Said) -> str:
    told = f", {said.told}" if said.told else ""
    return f"`{said.command}`: {said.code}{told}"
