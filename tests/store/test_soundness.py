"""A store that somebody edited, or in which a bit flipped, is said to be damaged."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from imagelint.store.database import Store
from imagelint.store.soundness import unsound
from tests.store.samples import fill

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

FORMATS = ("text", "html", "json", "csv", "sarif", "junit", "markdown", "gitlab", "openmetrics")
CHANGES = {
    "UPDATE OR IGNORE judged SET finding = 'x'": "`judged.finding` names what is not there",
    "UPDATE chains SET parent = 'x'": "`chains.parent` names what is not there",
    "UPDATE OR IGNORE chains SET chain = 'x'": "names what is not there",
    "UPDATE findings SET severity = 99": "`findings.severity` says what there is not",
    "UPDATE findings SET severity = 'bad'": "`findings.severity` holds values of another type",
    "UPDATE findings SET confidence = 'x'": "`findings.confidence` says what there is not",
    "UPDATE findings SET notes = '{'": "`findings.notes` is no array in JSON",
    "UPDATE findings SET notes = '3'": "`findings.notes` is no array in JSON",
    "UPDATE findings SET message = x'ff'": "`findings.message` holds values of another type",
    "UPDATE chains SET size = 'many'": "`chains.size` holds values of another type",
    "UPDATE runs SET sources = ''": "`runs.sources` is no array in JSON",
    "UPDATE runs SET started = 'then'": "`runs.started` is no time",
    "UPDATE runs SET fail_on = 'all'": "`runs.fail_on` says what there is not",
    "UPDATE runs SET outcome = 'fine'": "`runs.outcome` says what there is not",
    "UPDATE findings SET message = CAST(x'ff' AS TEXT)": "Could not decode",
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "audit.db"
    with Store.open(str(path)) as store:
        fill(store, 14)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def report(program: Program, path: Path, *formats: str) -> tuple[int, str]:
    asked = [f"--format={name}={path.parent / name}" for name in formats]
    answer = program("report", "--store", str(path), *asked)
    return answer.code, answer.err


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_is_named(program: Program, here: Path, sound: Path, change: str) -> None:
    copy = here / "audit.db"
    copy.write_bytes(sound.read_bytes())
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute(change)
    code, said = report(program, copy, *FORMATS)
    assert code == 2
    assert f"`{copy}` is damaged, and was left as it is" in said
    assert CHANGES[change] in said


def test_bytes_that_flipped_end_in_no_defect(program: Program, here: Path, sound: Path) -> None:
    data = sound.read_bytes()
    chance = random.Random(7)  # noqa: S311 - not for secrets
    codes = []
    for number in range(25):
        copy = here / f"{number}.db"
        changed = bytearray(data)
        for _ in range(chance.choice((1, 5, 50))):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        copy.write_bytes(changed)
        code, said = report(program, copy, "text", "json", "sarif")
        assert code in (1, 2)
        assert code == 1 or "is damaged" in said or "cannot be" in said or "later release" in said
        codes.append(code)
    assert 2 in codes


def test_a_defect_is_no_damage_of_a_sound_store(sound: Path) -> None:
    with Store.open(str(sound)) as store:
        with store.reading() as connection:
            assert unsound(connection) == ""
        with pytest.raises(KeyError, match="ours"), store.trusted():
            raise KeyError("ours")
