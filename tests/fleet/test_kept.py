from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from imagelint.core.finding import Severity
from imagelint.store import questions
from imagelint.store.contents import reclaim
from imagelint.store.database import Store
from imagelint.store.records import StoredVulnerability
from tests.store.changed import HOLE, ROOT, SECRET, judged, lost
from tests.store.samples import digest, layer, run_over

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.store.records import Finished
    from tests.conftest import Answer, Program

KNOWN = StoredVulnerability(HOLE.vulnerability or "", Severity.CRITICAL, exploited="2026-03-04")


def exposed(one: Finished) -> Finished:
    return one._replace(result=one.result._replace(exposed="Ingress web/llm"))


def exploited(one: Finished) -> Finished:
    assert one.judgement is not None
    return one._replace(judgement=one.judgement._replace(vulnerabilities=(KNOWN,)))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "audit.db"
    with Store.open(str(path)) as store:
        run_over(store, [judged("chat", 1, ROOT), judged("search", 1, SECRET)], 1)
        later = (
            exposed(exploited(judged("chat", 2, ROOT, HOLE))),
            exploited(judged("batch", 1, HOLE)),
            exposed(judged("search", 1, SECRET)),
            lost("lost"),
        )
        run_over(store, later, 8)
    return path


def rows(program: Program, file: Path, *words: str) -> list[dict[str, str]]:
    answer = program("report", "--store", str(file), *words, "--format", "csv")
    return list(csv.DictReader(io.StringIO(answer.out)))


def asked(program: Program, file: Path, *words: str) -> Answer:
    return program("report", "--store", str(file), *words)


def test_runs_are_listed_with_their_numbers(program: Program, file: Path) -> None:
    found = rows(program, file, "--table", "runs")
    told = [(one["run"], one["references"], one["untold"], one["findings"]) for one in found]
    assert told == [("2", "4", "1", "4"), ("1", "2", "0", "2")]
    assert [one["started"][:10] for one in found] == ["2026-11-08", "2026-11-01"]
    answer = asked(program, file, "--since", "2026-01-01")
    assert "imagelint report --table runs" in answer.err


def test_tags_are_listed_with_what_they_led_to(program: Program, file: Path) -> None:
    found = rows(program, file, "--table", "tags")
    chat = [one for one in found if "/chat:" in one["reference"]]
    assert [one["first_seen"][:10] for one in chat] == ["2026-11-08", "2026-11-01"]
    assert chat[0]["digest"] != chat[1]["digest"]
    assert len(rows(program, file, "--table", "tags", "--repository", "*/search")) == 1


def test_bytes_are_told_of_however_many_images(
    program: Program, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = rows(program, place, "--table", "bytes")
    sizes = [int(one["reclaimable"]) for one in found]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 0
    # Page by page, and with next to nothing remembered of layers, the sums are the same.
    monkeypatch.setattr(reclaim, "_PAGE", 2)
    monkeypatch.setattr(reclaim, "_MOST_REMEMBERED", 1)
    assert rows(program, place, "--table", "bytes") == found


def test_what_is_exploited_and_reached_from_outside(program: Program, file: Path) -> None:
    def teams(*words: str) -> set[str]:
        found = rows(program, file, "--table", "images", *words)
        return {one["owner"] for one in found if one["category"] == "audited"}

    # Of what nobody could audit it is said that it may be.
    assert {one["category"] for one in rows(program, file, "--table", "images", "--exploited")} == {
        *("audited", "unauthorized"),
    }
    (chat,) = rows(program, file, "--table", "images", "--repository", "*/chat")
    assert chat["at"] == "2026-11-08T08:00:00Z"
    assert teams("--exploited") == {"chat", "batch"}
    assert teams("--exposed") == {"chat", "search"}
    assert teams("--exposed", "--severity", "high") == {"chat"}
    assert teams("--severity", "critical") == {"chat", "batch"}
    assert teams("--severity", "medium") == {"chat", "batch", "search"}
    found = rows(program, file, "--exploited", "--exposed")
    assert {(one["owner"], one["rule"]) for one in found if one["owner"]} == {
        *(("chat", "vulnerable-package"),),
    }
    changes = rows(program, file, "--table", "changes", "--severity", "high")
    assert {(one["change"], one["owner"]) for one in changes} == {
        ("new", "chat"),
        ("new-image", "batch"),
    }


def test_none_is_no_answer_where_nobody_was_told(
    program: Program, file: Path, tmp_path: Path
) -> None:
    # That run looked at configurations alone.
    answer = asked(program, file, "--exploited")
    assert answer.code == 1
    assert "looks for no vulnerabilities" in answer.out
    other = tmp_path / "other.db"
    with Store.open(str(other)) as store:
        run_over(store, [judged("chat", 1, ROOT)], 1, "scan")
    for words, why in (
        (("--exploited",), "knows nothing of what is exploited"),
        (("--exposed",), "nothing told the run what is reached from outside"),
        (("--exposed", "--severity", "low"), "audit what `kubectl get pods,services"),
    ):
        answer = asked(program, other, *words)
        assert why in answer.out, words
        # Without a question about findings it is what the run came to.
        assert answer.code == (1 if words == ("--exposed",) else 3), words


def test_none_is_an_answer_where_what_was_met_was_compared(
    program: Program, tmp_path: Path
) -> None:
    place = tmp_path / "other.db"
    with Store.open(str(place)) as store:
        given = '{"lists": ["kev"]}'
        run_over(store, [judged("chat", 1, ROOT, HOLE)], 1, "scan", given)
    answer = asked(program, place, "--exploited")
    assert "no image has a finding like that" in answer.out
    assert answer.code == 0
    assert rows(program, place, "--table", "images", "--exploited") == []


def test_layers_are_listed_with_what_made_them(program: Program, place: Path) -> None:
    found = rows(program, place, "--table", "layers")
    assert found
    assert {one["made"] for one in found} == {f"RUN base {base} system" for base in range(3)}


def test_of_a_layer_that_no_history_tells_of_nobody_knows_what_made_it(place: Path) -> None:
    with Store.open(str(place)) as store, store.reading() as connection:
        known, unknown = layer("base 0 system").digest, digest("layer", "of nobody")
        assert questions.made_by(connection, [known, unknown]) == {known: "RUN base 0 system"}
        assert questions.made_by(connection, []) == {}
