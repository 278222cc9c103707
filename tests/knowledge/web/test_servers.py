from __future__ import annotations

import pytest

from imagelint.documents.serving.reading import LISTENING
from imagelint.knowledge.tables import table
from imagelint.knowledge.web.servers import web_server_started

ROWS = [*table("web_servers")["servers"], *table("web_servers")["debuggers"]]


def test_every_program_is_asked_for_by_its_name() -> None:
    said = {" ".join(program) for row in ROWS for program in row["programs"]}
    missed = {one for one in said if not any(name in one for name in LISTENING)}
    assert not missed
    unused = {name for name in LISTENING if not any(name in one for one in said)}
    assert not unused


def test_every_row_has_a_flag_and_flags_look_like_flags() -> None:
    for row in ROWS:
        flags = [*row["host"], *row["bind"], *row["elsewhere"]]
        assert row["host"] or row["bind"], row["title"]
        assert all(flag.startswith("-") for flag in flags), row["title"]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (("/usr/local/bin/uvicorn", "app:app"), "Uvicorn"),
        (("python3.12", "-m", "uvicorn", "app:app"), "Uvicorn"),
        (("python", "-um", "flask", "run"), "Flask's development server"),
        (("mlflow", "models", "serve", "-m", "x"), "MLflow"),
        (("mlflow", "run", "."), ""),
        (("flask", "--app", "x"), ""),
        (("python", "uvicorn.py"), ""),
        ((), ""),
    ],
)
def test_by_words(words: tuple[str, ...], title: str) -> None:
    found = web_server_started(words)
    assert (found.title if found else "") == title


def test_openings_are_those_of_known_servers() -> None:
    titles = {row["title"] for row in table("web_servers")["servers"]}
    for row in table("web_servers")["openings"]:
        assert row["title"] in titles
        assert bool(row["flags"]) != bool(row["variable"]), row["title"]
        assert row["values"] or row["flags"], row["title"]
