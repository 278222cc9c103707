"""What the pages say: commands that there are, every kind of problem, every page in its place."""

from __future__ import annotations

import re
import shlex
import tomllib
from typing import TYPE_CHECKING

import click
import pytest

from imagelint.cli.commands import main
from imagelint.core.report import ProblemKind
from imagelint.documents.kinds import KINDS
from tests.release.conftest import ROOT
from tools import limits, tour

if TYPE_CHECKING:
    from pathlib import Path

DOCS = ROOT / "docs"
GENERATED = {DOCS / "commands.md"}
PAGES = [
    ROOT / "README.md",
    *(page for page in DOCS.rglob("*.md") if page.parent.name != "rules"),
]
LINE = re.compile(r"^ *(?:\$ |- run: |script: )?(imagelint (?! )[^\n]*)", re.MULTILINE)
FENCED = re.compile(r"^```(?:sh|bash|yaml|console)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^ {4}[^\n]*$", re.MULTILINE)
INLINE = re.compile(r"`(imagelint [^`\n]+)`")
# Where a shell takes over.
END = re.compile(r"\s(?:\||>|<|&&|;|#|\|\|)(?:\s|$)|;|\)|\n")


def shown(page: Path) -> list[str]:
    """The commands of a page: in blocks and within sentences."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    text = re.sub(r"\$\{\{.*?\}\}", "X", text)
    blocks = [*FENCED.findall(text), *INDENTED.findall(FENCED.sub("", text))]
    lines = (line for block in blocks for line in LINE.findall(block))
    return [END.split(command)[0].strip() for command in (*lines, *INLINE.findall(text))]


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page not in GENERATED], ids=lambda page: page.name
)
def test_every_command_that_is_shown_is_understood(page: Path) -> None:
    for command in shown(page):
        understood(command)


def understood(command: str) -> None:
    _, *words = shlex.split(command)
    group: click.Command = main
    context = click.Context(group, info_name="imagelint")
    while isinstance(group, click.Group) and words and not words[0].startswith(("-", "[")):
        name = words.pop(0)
        below = group.get_command(context, name)
        if name.isupper() or name.endswith("…"):
            return
        assert below is not None, f"{command}: there is no {name}"
        group, context = below, click.Context(below, context, name)
    options = [word for word in words if word.startswith("-") and not word.startswith("-…")]
    known = {spelling for one in group.get_params(context) for spelling in names(one)}
    unknown = {word.partition("=")[0] for word in options if word != "-"} - known
    assert not unknown, f"{command}: there is no {', '.join(unknown)}"


def names(parameter: click.Parameter) -> list[str]:
    return [*parameter.opts, *parameter.secondary_opts, "-h", "-V", "--version"]


@pytest.mark.parametrize("command", ["imagelint chek", "imagelint check --polizy strict"])
def test_a_command_that_is_not_there_is_noticed(command: str) -> None:
    with pytest.raises(AssertionError, match="there is no"):
        understood(command)


def test_blocks_with_outputs_stand_where_they_are_run() -> None:
    elsewhere = set(PAGES) - set(tour.pages())
    for page in elsewhere:
        assert "```console\n$ " not in page.read_text(encoding="utf-8"), page
    assert len(tour.pages()) >= 12


def test_every_kind_of_problem_is_told_what_to_do_about() -> None:
    text = (DOCS / "how-to" / "incomplete.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE)) == {
        kind.value for kind in ProblemKind
    }


def test_every_page_has_a_place_in_the_navigation() -> None:
    nav = tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"]
    listed = re.findall(r"'([\w/-]+\.md)'", repr(nav))
    pages = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}
    rules = {page for page in pages if page.startswith("rules/") and page != "rules/README.md"}
    assert sorted(listed) == sorted(pages - rules)


def test_each_kind_that_was_measured_has_a_limit() -> None:
    page = (DOCS / "limits.md").read_text(encoding="utf-8")
    for kind, measure in limits.MEASURED.items():
        assert re.search(rf"^\| {kind} \| .* \| {measure.seconds:g} s \|", page, re.MULTILINE), kind
    limited = {name for name, kind in KINDS.items() if kind.most_lines is not None}
    assert limited <= set(limits.MEASURED)
