"""What is generated from the code is what stands in the repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from imagelint.cli.summaries import COMMANDS
from imagelint.knowledge.engines import engine, engines
from imagelint.rules import catalog
from tools import generate

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("program", ["generate.py", "tour.py"])
def test_nothing_would_be_written_anew(program: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / program), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_every_rule_has_a_page_and_stands_in_the_index() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "rules").glob("*.md")} - {"README"}
    assert pages == set(catalog.names())
    index = (ROOT / "docs" / "rules" / "README.md").read_text(encoding="utf-8")
    for name in catalog.names():
        assert f"[{name}]({name}.md)" in index


def test_the_readme_names_every_engine() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    listed = readme.partition("[Engines](docs/engines.md): ")[2].partition(". ")[0]
    titles = [engine(name).title for name in engines()]
    assert sorted(listed.split(", ")) == sorted(titles), "README.md lists each by its title"


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert f"imagelint {command}" in readme


def test_tables_are_written_before_what_is_made_of_them() -> None:
    first = dict(generate.foundations())
    assert first.keys() >= dict(generate.compiled_tables()).keys()
