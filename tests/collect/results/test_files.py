from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import zstandard

from imagelint.collect.results import archive
from imagelint.collect.results.files import digest_of, read_results, result_files
from imagelint.core.report import Problem, ProblemKind
from imagelint.documents.evaluation.results import ResultFile

RECORDED = Path(__file__).parents[3] / "testdata" / "evaluation"


def refused(path: Path) -> Problem:
    found = read_results(str(path), "r")
    assert isinstance(found, Problem)
    return found


def read(path: Path) -> ResultFile:
    found = read_results(str(path), "r")
    assert isinstance(found, ResultFile), found
    return found


def test_an_archive_of_a_real_run_is_read() -> None:
    found = read(RECORDED / "inspect.eval")
    assert list(found.samples.column("match")) == [1, 1, 0, 1] * 2
    assert found.facts.model == "mockllm/model"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"n": 0}, "on 0 cases"),
        ({"n": -5}, "on -5 cases"),
        ({"n": 1e30}, "on 1e+30 cases"),
        ({"n": 800, "stderr": -0.01}, "a standard error of -0.01"),
    ],
)
def test_a_metric_that_cannot_be_so_is_refused(
    told: dict[str, float], said: str, tmp_path: Path
) -> None:
    root = {
        "format": "imagelint.dev/evaluation-results/v1",
        "metrics": {"accuracy": {"value": 0.95, **told}},
    }
    (tmp_path / "r.json").write_text(json.dumps(root))
    assert said in refused(tmp_path / "r.json").detail


def test_an_archive_that_ends_too_early_is_refused(tmp_path: Path) -> None:
    data = (RECORDED / "inspect.eval").read_bytes()
    for end in (5, 100, len(data) // 2, len(data) - 10):
        (tmp_path / "cut.eval").write_bytes(data[:end])
        assert refused(tmp_path / "cut.eval").kind is ProblemKind.UNPARSABLE


def test_a_changed_archive_is_refused(tmp_path: Path) -> None:
    data = bytearray((RECORDED / "inspect.eval").read_bytes())
    entry = next(
        e for e in zipfile.ZipFile(io.BytesIO(data)).infolist() if "summaries.json" in e.filename
    )
    at = entry.header_offset + 80
    data[at : at + 200] = bytes(200)
    (tmp_path / "changed.eval").write_bytes(data)
    assert refused(tmp_path / "changed.eval").kind is ProblemKind.UNPARSABLE


def log(path: Path, entries: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return path


HEADER = b'{"status": "success", "eval": {"model": "m"}}'


def test_samples_are_read_one_by_one_where_there_is_no_summary(tmp_path: Path) -> None:
    sample = b'{"id": "a", "scores": {"match": {"value": "C"}}}'
    entries = {"header.json": HEADER, "samples/a_epoch_1.json": sample}
    assert list(read(log(tmp_path / "a.eval", entries)).samples.column("match")) == [1]


def test_an_archive_without_its_header_is_a_run_that_did_not_end(tmp_path: Path) -> None:
    assert "did not come to an end" in refused(log(tmp_path / "a.eval", {"b": b""})).detail


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = b'[{"id": "' + b"a" * 40_000_000 + b'"}]'
    path = log(tmp_path / "a.eval", {"header.json": HEADER, "summaries.json": bomb})
    monkeypatch.setattr(archive, "_ALWAYS", 1000)
    monkeypatch.setattr(archive, "MOST_FOLD", 10)
    assert "10 times as large" in refused(path).detail
    monkeypatch.setattr(archive, "MOST_FOLD", 10_000)
    monkeypatch.setattr(archive, "LARGEST_WHOLE", 2**20)
    assert refused(path).kind is ProblemKind.TOO_LARGE
    monkeypatch.setattr(archive, "MOST_ENTRIES", 1)
    assert "2 entries" in refused(path).detail


def test_what_zstandard_holds_is_as_long_as_the_directory_says(tmp_path: Path) -> None:
    path = tmp_path / "a.eval"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("header.json", zstandard.compress(HEADER))
    data = bytearray(path.read_bytes())
    central = data.rindex(b"PK\x01\x02")
    data[central + 10 : central + 12] = struct.pack("<H", 93)
    data[central + 24 : central + 28] = struct.pack("<I", len(HEADER))
    path.write_bytes(data)
    assert read(path).facts.model == "m"
    data[central + 24 : central + 28] = struct.pack("<I", len(HEADER) + 1)
    path.write_bytes(data)
    assert "has 45 of 46 bytes" in refused(path).detail


def test_without_zstandard_it_is_told_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    assert refused(RECORDED / "inspect.eval").help == "install `imagelint[evaluation]`"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.json").kind is ProblemKind.NOT_FOUND
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe").detail == "is not a regular file"
    assert refused(tmp_path).kind is ProblemKind.UNREADABLE


def test_a_file_that_is_larger_than_any_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.json").write_text("{}\n")
    monkeypatch.setattr("imagelint.collect.results.files.LARGEST", 1)
    assert refused(tmp_path / "a.json").kind is ProblemKind.TOO_LARGE


def test_a_folder_holds_its_results_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("b.json", "a.jsonl", "scenario_state.json", "notes.txt", "c/d.eval"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = result_files(str(tmp_path))
    assert found == [str(tmp_path / name) for name in ("a.jsonl", "b.json", "c/d.eval")]
    assert result_files("a.json") == ["a.json"]
    monkeypatch.setattr("imagelint.collect.results.files.MOST_FILES", 1)
    assert isinstance(result_files(str(tmp_path)), Problem)
    (tmp_path / "empty").mkdir()
    assert isinstance(result_files(str(tmp_path / "empty")), Problem)


def test_a_digest_is_that_of_the_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    assert digest_of(str(tmp_path / "a")).startswith("e3b0c442")
    assert digest_of(str(tmp_path / "b")) == ""


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """60 MB of samples in a process that may have 40 MiB more than it begins with."""
    path = tmp_path / "large.jsonl"
    line = b'{"id": "%d", "scores": {"right": 1}, "answer": "' + b"x" * 6000 + b'"}\n'
    with path.open("wb") as file:
        file.write(b'{"format": "imagelint.dev/evaluation-results/v1"}\n')
        file.writelines(line % number for number in range(10_000))
    code = (
        "import resource, sys\n"
        "from imagelint.collect.results.files import read_results\n"
        "used = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = used()\n"
        f"assert len(read_results({str(path)!r}, 'r').samples) == 10_000\n"
        "print(used() - before)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    unit = 1024 if sys.platform == "darwin" else 1
    assert int(told.stdout) / unit < 40 * 1024
