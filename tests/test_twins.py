"""One deployment in five forms, with the same mistakes in each, told where they are made."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from imagelint.cli.main import answer
from imagelint.rules import catalog
from tests.renderers import LIBRARIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

EXAMPLES = Path(__file__).parents[1] / "testdata" / "examples"
TWINS = EXAMPLES / "twins"
FORMS = {
    "plain": EXAMPLES / "good",
    **{form: TWINS / form for form in ("chart", "overlays", "compose", "script")},
}
ROWS = 55
IN_ALL = 25
CORRECT = "correct"
PLAN = "imagelint-eval.yaml"


class Place(NamedTuple):
    """A line of a file of a form."""

    file: str
    line: int


class Cell(NamedTuple):
    """A mistake in a form: what is written instead, and where that has to be told."""

    rule: str
    text: str
    file: str
    places: frozenset[Place]


def table() -> list[dict[str, Any]]:
    with (TWINS / "mutations.toml").open("rb") as file:
        rows: list[dict[str, Any]] = tomllib.load(file)["mutation"]
    return rows


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.split("\n"), 1) if words in line)


def changed_line(before: str, after: str) -> int:
    pairs = zip(before.split("\n"), after.split("\n"), strict=False)
    return next(number for number, (one, other) in enumerate(pairs, 1) if one != other)


def cell(row: dict[str, Any], form: str) -> Cell | None:
    if isinstance(row[form], str):
        return None
    file, old, new, *told = row[form]
    text = (FORMS[form] / file).read_text(encoding="utf-8")
    assert old in text, f"{row['name']}: `{old}` does not stand in {form}/{file}"
    changed = text.replace(old, new, 1)
    place = Place(file, changed_line(text, changed))
    for where in told:
        name, _, words = where.partition(": ")
        inside = changed if name == file else (FORMS[form] / name).read_text(encoding="utf-8")
        place = Place(name, line_of(inside, words))
    return Cell(row["rule"], changed, file, frozenset((place,)))


TABLE = table()
CELLS = {(form, row["name"]): cell(row, form) for form in FORMS for row in TABLE}


class Found(NamedTuple):
    """What is found in one copy of a form: the rules, with the places that each leads to."""

    rule: str
    places: frozenset[Place]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[Found]]:
    """What is found in each form, correct and with each mistake: one run a form."""
    assert (LIBRARIES / "helm_python").is_dir(), "run `make tools`"
    result: dict[tuple[str, str], list[Found]] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(LIBRARIES))
        for form in FORMS:
            root = tmp_path_factory.mktemp(form)
            names = [CORRECT, *(row["name"] for row in TABLE if CELLS[form, row["name"]])]
            for number, name in enumerate(names):
                copy(form, CELLS.get((form, name)), root / str(number))
            patch.chdir(root)
            findings = examined()
            for number, name in enumerate(names):
                result[form, name] = [one for folder, one in findings if folder == str(number)]
    return result


def copy(form: str, mistake: Cell | None, to: Path) -> None:
    ignored = shutil.ignore_patterns("Dockerfile", ".*.yaml", "requirements.txt", "*.json", "keys")
    shutil.copytree(FORMS[form], to, ignore=ignored)
    shutil.copy(EXAMPLES / "good" / PLAN, to)
    if mistake is not None:
        (to / mistake.file).write_text(mistake.text, encoding="utf-8")


def examined() -> list[tuple[str, Found]]:
    policy = str(EXAMPLES / "good" / ".imagelint.yaml")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        answer(("check", "--no-cache", "--format", "json", "--policy", policy, "."))
    report = json.loads(out.getvalue())
    assert not report["problems"], report["problems"]
    return [one for finding in report["findings"] for one in told(finding)]


def told(finding: dict[str, Any]) -> Iterator[tuple[str, Found]]:
    locations = (finding["location"], *(note.get("location") for note in finding.get("notes", ())))
    parts = [(one["origin"].split("/"), one["start"]["line"]) for one in locations if one]
    places = frozenset(Place("/".join(names[1:]), line) for names, line in parts)
    yield parts[0][0][0], Found(finding["rule"], places)
    for part in finding.get("parts", ()):
        yield from told(part)


def test_the_table_is_whole() -> None:
    assert len(TABLE) == ROWS
    assert len({row["name"] for row in TABLE}) == ROWS
    assert {row["rule"] for row in TABLE} <= set(catalog.names())
    everywhere = [row for row in TABLE if all(CELLS[form, row["name"]] for form in FORMS)]
    assert len(everywhere) >= IN_ALL


@pytest.mark.parametrize("form", FORMS)
def test_the_correct_deployment_is_silent(
    form: str, found: dict[tuple[str, str], list[Found]]
) -> None:
    assert found[form, CORRECT] == []


@pytest.mark.parametrize(("form", "name"), [at for at, one in CELLS.items() if one is not None])
def test_a_mistake_is_told_where_it_is_made(
    form: str, name: str, found: dict[tuple[str, str], list[Found]]
) -> None:
    mistake = CELLS[form, name]
    assert mistake is not None
    places = [one.places for one in found[form, name] if one.rule == mistake.rule]
    assert any(mistake.places <= one for one in places), found[form, name]
