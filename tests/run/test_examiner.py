from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imagelint.collect.files import FoundFile, find
from imagelint.core.digest import digest_of
from imagelint.core.errors import PolicyError
from imagelint.core.fact import ABSENT, UNKNOWN, Known
from imagelint.core.report import ProblemKind
from imagelint.documents.dockerfile.ignorefile import IgnoreFile
from imagelint.documents.dockerfile.landmarks import copies_all_of
from imagelint.documents.project import kind_of_mark
from imagelint.policy.model import Policy, RuleSetting
from imagelint.run.examiner import Examiner, Plan, with_marks
from imagelint.run.policies import Policies
from imagelint.run.reading import recognition
from imagelint.run.reading.index import FileIndex
from tests.cli.projects import GOOD, POD, ROOT, write

if TYPE_CHECKING:
    from pathlib import Path

    from imagelint.core.source import Source


def everything() -> tuple[FoundFile, ...]:
    """All files here."""
    return find(["."], lambda _path: False, lambda _folder: None).files


def examiner(*rules: str) -> Examiner:
    """An examiner of everything here, with some rules on."""
    files = everything()
    given = Policy(rules={name: RuleSetting("on") for name in rules})
    policies = Policies(["baseline"], given, set())
    return Examiner(Plan({found.origin: found for found in files}, policies, keeps=True))


def _before_the_key(dependency: str) -> str:
    return dependency.partition("\0")[0]


def found(origin: str) -> FoundFile:
    return FoundFile(origin, origin)


def test_a_file_is_read_and_judged(here: Path) -> None:
    write(here, Dockerfile=ROOT)
    stored = examiner("root-user").file(found("Dockerfile"))
    assert "root-user" in [finding.rule for finding in stored.report.findings]
    assert [examined.kind for examined in stored.report.examined] == ["dockerfile"]


def test_what_else_was_looked_at_is_told_with_its_digest(here: Path) -> None:
    write(here, Dockerfile="FROM a\nCOPY . .\n", _dockerignore=".git\n")
    stored = examiner("whole-context-copied").file(found("Dockerfile"))
    assert (".dockerignore", digest_of(b".git\n")) in stored.dependencies
    (here / ".dockerignore").unlink()
    without = examiner("whole-context-copied").file(found("Dockerfile"))
    assert (".dockerignore", "") in without.dependencies


def test_who_asks_for_a_key_depends_on_all_that_hold_something_there(here: Path) -> None:
    write(here, Dockerfile="FROM a\nCOPY . .\n", _dockerignore="x\n", pod_yaml=POD)

    def dependencies() -> dict[str, str]:
        files = {one.origin: one for one in everything()}
        index = FileIndex(files)
        stored = with_marks(examiner("weak-ignore-file").file(files[".dockerignore"]), index)
        return {name or kind_of_mark(name): digest for name, digest in stored.dependencies}

    before = dependencies()
    write(here, pod_yaml=f"{POD}# changed\n", other__Dockerfile="FROM b\n")
    assert dependencies() == before
    write(here, Dockerfile="FROM b\nCOPY . .\n")
    after = dependencies()
    assert after.keys() == before.keys()
    assert [kind_of_mark(name) for name in after] == ["dockerfile", ""]
    assert after != before


def test_problems_of_reading_are_reported(here: Path) -> None:
    (here / "Dockerfile").write_bytes(b"\0")
    for name in ("missing", "Dockerfile", "."):
        stored = examiner().file(found(name))
        assert len(stored.report.problems) == 1
        assert stored.report.examined == ()


def test_a_crash_outside_of_the_rules_costs_one_file(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(_source: Source, _kind: str, _read: object) -> None:
        raise ValueError("hf_" + "a" * 34)

    write(here, Dockerfile=GOOD)
    monkeypatch.setattr(recognition, "parse", crash)
    (problem,) = examiner().file(found("Dockerfile")).report.problems
    assert problem.kind is ProblemKind.RULE_CRASHED
    assert "its examination crashed: ValueError" in problem.detail
    assert "(crash:" in problem.detail
    assert "hf_aaa" not in problem.detail


def test_too_deep_a_text_is_a_problem(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_source: Source, _kind: str, _read: object) -> None:
        raise RecursionError

    write(here, Dockerfile=GOOD)
    monkeypatch.setattr(recognition, "parse", crash)
    (problem,) = examiner().file(found("Dockerfile")).report.problems
    assert problem.kind is ProblemKind.UNPARSABLE
    assert "nested too deeply" in problem.detail


def test_a_wrong_policy_is_not_a_crash(here: Path) -> None:
    write(here, Dockerfile=GOOD)
    (here / ".imagelint.yaml").write_text("rulez: 1\n", encoding="utf-8")
    alone = Examiner(Plan({}, Policies([], Policy(), set())))
    with pytest.raises(PolicyError):
        alone.file(found("Dockerfile"))


# -- Other documents ---------------------------------------------------------------------------


def test_other_documents_are_known_absent_or_unknown(here: Path) -> None:
    write(here, _dockerignore=".git\n", notes_txt="good morning\n")
    (here / "binary.dockerignore").write_bytes(b"\0")
    (here / "folder.dockerignore").mkdir()
    load = examiner().load
    root = str(here)
    fact = load(".dockerignore", root)
    assert isinstance(fact, Known)
    assert isinstance(fact.value, IgnoreFile)
    assert load(".dockerignore", root) == fact
    assert load("missing.dockerignore", root) is ABSENT
    for name in ("notes.txt", "binary.dockerignore", "folder.dockerignore"):
        assert load(name, root) is UNKNOWN


def test_nothing_beyond_the_repository_is_looked_at(here: Path) -> None:
    (here.parent / ".dockerignore").write_text(".git\n", encoding="utf-8")
    (here / "link.dockerignore").symlink_to("../.dockerignore")
    load = examiner().load
    assert load("../.dockerignore", str(here)) is UNKNOWN
    assert load("link.dockerignore", str(here)) is UNKNOWN
    assert load("/etc/hostname", str(here)) is UNKNOWN
    assert load("../.dockerignore", str(here.parent)) is not UNKNOWN


def test_landmarks_are_found_in_the_files_of_a_kind_below_the_root(here: Path) -> None:
    copies = "FROM a\nCOPY . .\n"
    write(here, a__Dockerfile=copies, b__Dockerfile=GOOD, c__Dockerfile=copies, pod_yaml=POD)
    (here / "Dockerfile.bin").write_bytes(b"\0")
    run, key = examiner(), copies_all_of("a")
    assert [origin for origin, _ in run.find("dockerfile", key, "", str(here))] == ["a/Dockerfile"]
    assert list(run.find("dockerfile", copies_all_of("b"), "", str(here))) == []
    assert list(run.find("compose", key, "", str(here))) == []
    assert list(run.find("dockerfile", key, "", str(here / "c"))) == []


SCALER = """\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: llm}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: llm}
  maxReplicas: 4
  metrics:
    - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}
"""
SERVER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: llm}
spec:
  selector: {matchLabels: {app: llm}}
  template:
    metadata: {labels: {app: llm}}
    spec:
      containers:
        - {name: server, image: "team/llm:1.0", resources: {limits: {nvidia.com/gpu: 1}}}
"""
BUILDS = "services: {llm: {image: 'team/llm:1.0', build: app}}\n"
IMAGE = 'FROM python:3.12-slim\nCOPY run.sh /run.sh\nENTRYPOINT ["/run.sh"]\n'
START = "#!/bin/sh\nexec vllm serve Qwen/Qwen3-8B\n"


def test_others_are_seen_as_they_are_joined(here: Path) -> None:
    """A scaler depends on all that tells what it scales, and on nothing else of that kind."""
    (here / ".git").mkdir()
    write(here, scaler_yaml=SCALER, server_yaml=SERVER, compose_yaml=BUILDS)
    write(here, app__Dockerfile=IMAGE, app__run_sh=START, other__Dockerfile=ROOT)

    def judged() -> tuple[bool, dict[str, str]]:
        stored = examiner("cpu-hpa-on-gpu").file(found("scaler.yaml"))
        rules = [finding.rule for finding in stored.report.findings]
        return "cpu-hpa-on-gpu" in rules, dict(stored.dependencies)

    scaled, before = judged()
    assert scaled
    assert {"server.yaml", "app/Dockerfile", "app/run.sh", "*compose"} <= set(
        map(_before_the_key, before)
    )
    assert "other/Dockerfile" not in before
    write(here, app__run_sh="#!/bin/sh\nexec python worker.py\n")
    scaled, after = judged()
    assert not scaled
    changed = {name for name in before if after.get(name) != before[name]}
    assert changed == {"app/run.sh"}
