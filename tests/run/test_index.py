from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.files import FoundFile, find
from imagelint.collect.read import read_bytes
from imagelint.core.digest import digest_of
from imagelint.core.report import Ignored, IgnoreReason, Report
from imagelint.core.source import Source
from imagelint.documents.detect import parse
from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.documents.dockerfile.landmarks import copies_all_of
from imagelint.documents.kubernetes.landmarks import pods_labelled, pods_of, service_named
from imagelint.policy.model import Policy
from imagelint.run import files as run_files
from imagelint.run.examiner import Examiner, Plan, dependency
from imagelint.run.files import Run, examine
from imagelint.run.policies import Policies
from imagelint.run.reading import index as module
from imagelint.run.reading import recognition
from imagelint.run.reading.index import FileIndex
from imagelint.run.reading.shelf import Shelf
from imagelint.run.session import NullCache
from tests.cli.projects import write
from tests.growing import INPUTS
from tests.run.test_session import Memory

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.core.report import Problem
    from imagelint.documents.base import Document
    from imagelint.documents.kinds import Beside
    from imagelint.run.files import ResultCache

FILES = 12
COPIES = "FROM debian:12.7\nCOPY . /app\n"


def project(here: Path) -> tuple[FoundFile, ...]:
    """Manifests of which each has what another one asks for, Dockerfiles and their ignore files."""
    objects = INPUTS["linked objects"].text(FILES).split("---\n")[:-1]
    write(here, _dockerignore="x\n", requirements_txt="vllm\n-c constraints.txt\n")
    for number, text in enumerate(objects):
        (here / f"{number * 7 % len(objects):03}.yaml").write_text(text, encoding="utf-8")
    for number in range(FILES):
        place = here / f"service{number}"
        place.mkdir()
        (place / "Dockerfile").write_text(COPIES, encoding="utf-8")
        (place / ".dockerignore").write_text("y\n", encoding="utf-8")
    return find(["."], lambda _path: False, lambda _folder: None).files


@pytest.fixture
def log(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a line for each file that is read or parsed, and by which process."""
    path = tmp_path_factory.mktemp("log") / "log"

    def note(what: str, origin: str) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{os.getpid()} {what} {origin}\n")

    def read(place: str, origin: str, within: str) -> bytes | Problem:
        note("read", origin)
        return read_bytes(place, origin, within)

    def parsed(source: Source, kind: str, read: Beside) -> Document:
        note("parse", source.origin)
        return parse(source, kind, read)

    monkeypatch.setattr(module, "read_bytes", read)
    monkeypatch.setattr(recognition, "parse", parsed)
    return path


def run(cache: ResultCache, processes: int = 1) -> Run:
    return Run(Policies(["strict", "gpu-serving"], Policy(), set()), cache, 1, processes)


@pytest.mark.parametrize("cache", [NullCache(), Memory()], ids=["forgetting", "remembering"])
def test_every_file_is_read_and_parsed_once(here: Path, log: Path, cache: ResultCache) -> None:
    files = project(here)
    reports = examine(files, run(cache))
    rules = {found.rule for report in reports.values() for found in report.findings}
    assert {"cpu-hpa-on-gpu", "route-timeout-short", "weak-ignore-file"} <= rules
    lines = Counter(log.read_text(encoding="utf-8").splitlines())
    assert set(lines.values()) == {1}
    told = {tuple(line.split()[1:]) for line in lines}
    assert {("read", found.origin) for found in files} <= told
    assert {("parse", found.origin) for found in files} <= told


def test_every_file_is_read_and_parsed_once_in_each_process(
    here: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = project(here)
    alone = examine(files, run(NullCache()))
    log.unlink()
    monkeypatch.setattr(run_files, "WORTH_A_PROCESS", 1)
    assert examine(files, run(NullCache(), 2)) == alone
    lines = Counter(log.read_text(encoding="utf-8").splitlines())
    assert set(lines.values()) == {1}
    told = [line.split() for line in lines]
    assert len({process for process, what, _ in told if what == "parse"}) == 2
    # Who spreads them reads some to know what they are, and leaves them to the others.
    assert {what for process, what, _ in told if process == str(os.getpid())} == {"read"}


def test_what_was_read_for_its_digest_is_not_read_again_by_other_processes(
    here: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = project(here)
    monkeypatch.setattr(run_files, "WORTH_A_PROCESS", 1)
    examine(files, run(Memory(), 2))
    reads = [line.split() for line in log.read_text(encoding="utf-8").splitlines()]
    own = {found.origin for found in files}
    readers = {process for process, what, origin in reads if what == "read" and origin in own}
    assert readers == {str(os.getpid())}


def test_a_changed_neighbour_judges_again_who_asked_for_what_it_held(here: Path, log: Path) -> None:
    files = project(here)
    memory = Memory()
    examine(files, run(memory))
    (here / "service3" / "Dockerfile").write_text("FROM debian:12.7\n", encoding="utf-8")
    log.unlink()
    examine(files, run(memory))
    judged = {
        line.split()[2]
        for line in log.read_text(encoding="utf-8").splitlines()
        if line.split()[1] == "parse"
    }
    assert {"service3/Dockerfile", "service3/.dockerignore"} <= judged
    assert ".dockerignore" not in judged
    assert "service4/.dockerignore" not in judged
    assert not any(origin.endswith(".yaml") for origin in judged)


# -- Bounds ------------------------------------------------------------------------------------


def test_one_read_gives_text_and_digest(here: Path) -> None:
    write(here, Dockerfile=COPIES)
    found = FileIndex({}).content(FoundFile("Dockerfile", "Dockerfile"))
    assert found.text.source == Source("Dockerfile", COPIES)
    assert (found.digest, found.size) == (digest_of(COPIES.encode()), len(COPIES))
    missing = FileIndex({}).content(FoundFile("missing", "missing"))
    assert (missing.text.source, missing.digest, missing.size) == (None, "", 0)


def test_a_folder_is_read_as_the_names_in_it(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(here, Dockerfile=COPIES, root__a="", root__b__c="")
    (here / ".git").mkdir()
    found = FileIndex({})
    read = found.reader("Dockerfile")
    assert (read("root/"), read("gone/"), read("root/b/")) == ("a\nb/", None, "c")
    assert read("../") is None
    assert "Dockerfile" in (read("./") or "")
    before = found.digest("root")
    write(here, root__d="")
    assert len({before, FileIndex({}).digest("root"), FileIndex({}).digest("gone"), ""}) == 3
    instead = {"root/a": None, "root/e/f": "", "g": "", "../h": "", "other/x": None}
    replaced = FileIndex({}, texts=instead).reader("Dockerfile")
    assert replaced("root/") == "b/\nd\ne/"
    assert replaced("root/e/") == "f"
    assert "g" in (replaced("./") or "").split("\n")
    monkeypatch.setattr(module, "_MOST_NAMES", 1)
    assert FileIndex({}).reader("Dockerfile")("root/") is None


def test_what_has_no_room_is_read_and_parsed_again(
    here: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_TEXT", 0)
    monkeypatch.setattr(module, "MOST_AHEAD", len(COPIES))
    monkeypatch.setattr(module, "MOST_RECENT", 0)
    names = [f"{letter}/Dockerfile" for letter in "abc"]
    for name in names:
        (here / name).parent.mkdir()
        (here / name).write_text(COPIES, encoding="utf-8")
    files = {name: FoundFile(name, name) for name in names}
    found = FileIndex(files)
    assert [origin for origin, _ in found.landmarks("dockerfile", copies_all_of("b"))] == [names[1]]
    for file in files.values():
        assert isinstance(found.document(file), Dockerfile)
    told = Counter(
        line.split()[2] for line in log.read_text("utf-8").splitlines() if "parse" in line
    )
    assert told == {names[0]: 1, names[1]: 2, names[2]: 2}


def test_the_document_that_was_asked_for_longest_ago_goes_first(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_RECENT", 5)
    found = FileIndex({})
    sources = [Source(f"{letter}.dockerignore", "xx") for letter in "abc"]
    for source in sources:
        write(here, **{source.origin.replace(".", "_"): source.text})
    first = [found.add(source) for source in sources[:2]]
    files = [FoundFile(source.origin, source.origin) for source in sources]
    assert found.document(files[0]) is first[0]
    found.add(sources[2])
    assert found.document(files[0]) is first[0]
    assert found.document(files[1]) is not first[1]


def test_what_cannot_be_parsed_is_no_landmark(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(source: Source, kind: str, read: Beside) -> Document:
        if source.origin.startswith("b"):
            raise ValueError(kind)
        return parse(source, kind, read)

    monkeypatch.setattr(recognition, "parse", crash)
    write(here, a__Dockerfile=COPIES, b__Dockerfile=COPIES, pod_yaml="kind: [\napiVersion: v1\n")
    files = find(["."], lambda _path: False, lambda _folder: None).files
    found = FileIndex({file.origin: file for file in files})
    assert len(found.landmarks("dockerfile", copies_all_of("a"))) == 1
    assert found.landmarks("dockerfile", copies_all_of("b")) == []
    assert found.landmarks("kubernetes", service_named("a")) == []


def test_a_manifest_is_met_by_names_and_labels(here: Path) -> None:
    write(here, a_yaml=INPUTS["linked objects"].text(2))
    found = FileIndex({"a.yaml": FoundFile("a.yaml", "a.yaml")})
    keys = [service_named("s1"), pods_of("Deployment", "d1"), pods_labelled("app", "d1")]
    for key in keys:
        assert [origin for origin, _ in found.landmarks("kubernetes", key)] == ["a.yaml"]
    assert found.landmarks("kubernetes", pods_of("Deployment", "d2")) == []


def test_who_asks_by_a_word_reads_only_the_texts_that_have_it(here: Path, log: Path) -> None:
    names = {"a.yaml": "vllm", "b.yaml": "tei", "c.yaml": r'"vl\x6cm"', "d.yaml": "vllm"}
    names |= {"e.yaml": "vllm-2", "f.yaml": "my.vllm", "g.yaml": "xvllm"}
    for name, service in names.items():
        text = f"apiVersion: v1\nkind: Service\nmetadata: {{name: {service}}}\n"
        (here / name).write_text(text, encoding="utf-8")
    found = FileIndex({name: FoundFile(name, name) for name in names})
    key = service_named("vllm")
    asked = [origin for origin, _ in found.landmarks("kubernetes", key, "vllm")]
    assert asked == ["a.yaml", "c.yaml", "d.yaml"]
    parsed = [line.split()[2] for line in log.read_text("utf-8").splitlines() if "parse" in line]
    assert sorted(parsed) == asked
    assert [origin for origin, _ in found.landmarks("kubernetes", key)] == asked
    (other,) = found.landmarks("kubernetes", service_named("tei"), "tei")
    assert other[0] == "b.yaml"


def test_who_asks_by_pieces_of_text_reads_only_the_texts_that_have_one(
    here: Path, log: Path
) -> None:
    names = {"a.yaml": "my-vllm", "b.yaml": "tei", "c.yaml": r'"\x74ei"', "d.yaml": "xsglangx"}
    for name, service in names.items():
        text = f"apiVersion: v1\nkind: Service\nmetadata: {{name: {service}}}\n"
        (here / name).write_text(text, encoding="utf-8")
    found = FileIndex({name: FoundFile(name, name) for name in names})
    asked = found.landmarks("kubernetes", service_named("my-vllm"), ("vllm", "sglang"))
    assert [origin for origin, _ in asked] == ["a.yaml"]
    parsed = [line.split()[2] for line in log.read_text("utf-8").splitlines() if "parse" in line]
    assert sorted(parsed) == ["a.yaml", "c.yaml", "d.yaml"]


@pytest.mark.parametrize(
    "server",
    [
        "image: 'vllm/vllm-openai:v0.11.0', args: [--model, Qwen/Qwen3-8B]",
        # It shows no metrics unless it is told so, which matters where somebody asks for them.
        "image: 'lmsysorg/sglang:v0.5.3', command: [python3, -m, sglang.launch_server, --model, A]",
    ],
)
def test_a_server_beside_its_service_is_judged_without_reading_other_manifests(
    server: str, here: Path, log: Path
) -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME, labels: {app: NAME}}\n"
        f"spec: {{containers: [{{name: a, {server}}}]}}\n---\n"
        "apiVersion: v1\nkind: Service\nmetadata: {name: NAME}\n"
        "spec: {selector: {app: NAME}, ports: [{port: 8000}]}\n"
    )
    names = ("a.yaml", "b.yaml", "c.yaml")
    for name in names:
        (here / name).write_text(pod.replace("NAME", name[0]), encoding="utf-8")
    files = {name: FoundFile(name, name) for name in names}
    policies = Policies(["recommended", "gpu-serving"], Policy(), set())
    assert Examiner(Plan(files, policies)).file(files["b.yaml"]).report.findings
    parsed = [line.split()[2] for line in log.read_text("utf-8").splitlines() if "parse" in line]
    assert parsed == ["b.yaml"]


def test_what_is_none_of_ours_is_reported(here: Path) -> None:
    write(here, notes_txt="good morning\n")
    assert FileIndex({}).document(FoundFile("notes.txt", "notes.txt")) == Report(
        ignored=(Ignored("notes.txt", IgnoreReason.NO_KIND),)
    )
    assert FileIndex({}).document(FoundFile("missing", "missing")) is None


def test_the_environment_file_beside_is_looked_at_and_a_part_of_what_is_remembered(
    here: Path,
) -> None:
    def rules() -> list[str]:
        files = find(["."], lambda _path: False, lambda _folder: None).files
        reports = examine(files, Run(policies, memory, 0))
        return [one.rule for one in reports["compose.yaml"].findings]

    policies = Policies(["baseline"], Policy(), set())
    memory = Memory()
    write(here, compose_yaml="services: {a: {image: 'nginx:${TAG:-1.2}'}}\n")
    assert rules() == []
    (here / ".env").write_text("TAG=latest\n", encoding="utf-8")
    assert rules() == ["unpinned-image"]
    (here / ".env").unlink()
    assert rules() == []
    outside = here.parent / "outside.env"
    outside.write_text("TAG='latest'\n", encoding="utf-8")
    (here / ".env").symlink_to(outside)
    assert rules() == []


@pytest.mark.parametrize("processes", [1, 2])
def test_nothing_is_remembered_of_a_file_that_changes_while_it_is_examined(
    here: Path, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    write(here, Dockerfile="FROM debian:12.7\nUSER root\n", other__Dockerfile="FROM debian:12.7\n")
    monkeypatch.setattr(module, "MOST_TEXT", 0)
    monkeypatch.setattr(run_files, "WORTH_A_PROCESS", 1)
    reads: Counter[str] = Counter()

    def read(place: str, origin: str, within: str) -> bytes | Problem:
        data = read_bytes(place, origin, within)
        reads[origin] += 1
        if origin == "Dockerfile" and reads[origin] == 1:
            assert isinstance(data, bytes)
            return data.replace(b"root", b"10001")
        return data

    monkeypatch.setattr(module, "read_bytes", read)
    files = find(["."], lambda _path: False, lambda _folder: None).files
    memory = Memory()
    reports = examine(files, run(memory, processes))
    (problem,) = reports["Dockerfile"].problems
    assert problem.detail == "was changed while it was examined"
    assert not reports["Dockerfile"].examined
    monkeypatch.setattr(module, "read_bytes", read_bytes)
    again = examine(files, run(memory))
    assert {found.rule for found in again["Dockerfile"].findings} >= {"root-user"}


def test_what_is_not_there_is_not_opened(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = FileIndex({})
    with monkeypatch.context() as patched:
        patched.setattr(module, "read_bytes", lambda *_: pytest.fail("opened"))
        assert index.digest("absent") == index.digest("absent/below") == ""
    (here / "absent").write_text("FROM a\n")
    assert index.content(FoundFile("absent", "absent")).text.source is None
    assert index.changed.keys() == {"absent"}
    assert FileIndex({}).digest("absent") == digest_of(b"FROM a\n")
    assert FileIndex({}, texts={"gone": "FROM a\n"}).digest("gone") == digest_of(b"FROM a\n")


def test_an_answer_that_rests_on_a_file_that_changes_is_not_remembered(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(here, Dockerfile=COPIES, _dockerignore=".git\n")
    index = FileIndex({}, hashed=True)
    assert index.digest("Dockerfile")
    write(here, Dockerfile="FROM debian:12.7\n")
    monkeypatch.setattr(index, "_contents", Shelf(0))
    assert index.document(FoundFile("Dockerfile", "Dockerfile")) is None
    plan = Plan({}, Policies(["strict"], Policy(), set()), index, keeps=True)
    stored = Examiner(plan).file(FoundFile(".dockerignore", ".dockerignore"))
    (problem,) = stored.report.problems
    assert problem.origin == "Dockerfile"
    assert any(dependency(name, index) != digest for name, digest in stored.dependencies)


# -- Scripts that a Dockerfile runs -----------------------------------------------------------

SCRIPT = "#!/bin/sh\nexec vllm serve a/b --host localhost\n"
STARTS = 'FROM vllm/vllm-openai:v0.11.2\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\n'


def places(memory: ResultCache) -> list[str]:
    """Where servers listen to themselves, by all files of the folder."""
    files = find(["."], lambda _path: False, lambda _folder: None).files
    policies = Policies(["gpu-serving"], Policy(), set())
    report = run_files.total(examine(files, Run(policies, memory, 1)).values())
    return [one.location.origin for one in report.findings if one.rule == "bind-localhost"]


def test_a_script_that_is_run_is_a_part_of_what_is_remembered(here: Path) -> None:
    memory = Memory()
    write(here, Dockerfile=STARTS)
    assert places(memory) == []
    (here / "start.sh").write_text(SCRIPT, encoding="utf-8")
    assert places(memory) == ["start.sh"]
    (here / "start.sh").write_text(SCRIPT.replace("localhost", "::"), encoding="utf-8")
    assert places(memory) == []


def test_a_script_that_several_images_run_is_told_once(here: Path) -> None:
    write(here, a_Dockerfile=STARTS, b_Dockerfile=STARTS)
    (here / "start.sh").write_text(SCRIPT, encoding="utf-8")
    assert places(NullCache()) == ["start.sh"]


def test_no_script_is_read_beyond_the_repository(here: Path) -> None:
    inside = here / "repository" / "image"
    inside.mkdir(parents=True)
    (here / "repository" / ".git").mkdir()
    write(inside, Dockerfile=STARTS)
    (here / "start.sh").write_text(SCRIPT, encoding="utf-8")
    (here / "repository" / "start.sh").symlink_to(here / "start.sh")
    assert places(NullCache()) == []
    (inside / "start.sh").mkdir()
    assert places(NullCache()) == []
    (here / "repository" / "start.sh").unlink()
    (here / "repository" / "start.sh").write_text(SCRIPT, encoding="utf-8")
    assert places(NullCache()) == ["repository/start.sh"]


@pytest.mark.parametrize("data", [b"#!/bin/sh\n\0vllm serve a/b --host localhost\n", b"\x7fELF\0"])
def test_a_binary_file_is_no_script(here: Path, data: bytes) -> None:
    write(here, Dockerfile=STARTS)
    (here / "start.sh").write_bytes(data)
    assert places(NullCache()) == []


def test_who_asks_for_a_kind_that_a_path_tells_reads_no_other_file(here: Path, log: Path) -> None:
    (here / "pod.yaml").write_text("apiVersion: v1\nkind: Pod\n", encoding="utf-8")
    (here / "kustomization.yaml").write_text("resources: [pod.yaml]\n", encoding="utf-8")
    names = ("kustomization.yaml", "pod.yaml")
    index = FileIndex({name: FoundFile(name, name) for name in names})
    found = index.landmarks("kustomization", ("taken", "pod.yaml"))
    assert [origin for origin, _ in found] == ["kustomization.yaml"]
    assert "pod.yaml" not in log.read_text(encoding="utf-8")
