from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.run.examiner import Examiner
from tests.cli.projects import write
from tests.run.test_examiner import BUILDS, IMAGE, SCALER, SERVER, START

if TYPE_CHECKING:
    from tests.conftest import Program

TWO = "FROM debian:12.7\nRUN apt-get update && apt-get install -y git\n"
CHECK = ("check", "--policy", "strict", "--format", "json")
ENDLESS = (
    '{"schema": "imagelint.report/1", "findings": [{"location": {"origin": "a", "excerpt": {},'
    ' "span": {"start": 1e999, "end": 0}}}]}'
)


def git(folder: Path, *arguments: str) -> str:
    who = (
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "-c",
        "protocol.file.allow=always",
    )
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode().strip()


def commit(folder: Path, message: str = "more") -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def committed(here: Path) -> Path:
    write(here, Dockerfile=TWO, other__Dockerfile="FROM debian\n", gone__Dockerfile=TWO)
    git(here, "init", "-q", "-b", "main")
    commit(here, "first")
    return here


def told(program: Program, *arguments: str) -> Any:
    return json.loads(program(*CHECK, *arguments).out)


def rules(program: Program, *arguments: str) -> list[tuple[str, str]]:
    found = told(program, *arguments)["findings"]
    return [(each["location"]["origin"], each["rule"]) for each in found]


@pytest.mark.usefixtures("committed")
def test_without_a_change_nothing_is_new(program: Program) -> None:
    count = len(told(program)["findings"])
    assert count
    report = told(program, "--since", "HEAD")
    assert report["findings"] == []
    assert report["since"]["name"].startswith("HEAD (")
    assert (report["since"]["unchanged"], report["since"]["mended"]) == (count, 0)
    answer = program("check", "--policy", "strict", "--since", "HEAD")
    assert answer.code == 0
    assert f": {count} findings unchanged, 0 mended\n" in answer.out
    assert "no new findings\n" in answer.out
    concise = program("check", "--policy", "strict", "--since", "HEAD", "--format", "concise")
    assert f"; since HEAD ({report['since']['commit'][:12]}): {count} findings" in concise.out


def test_only_what_the_change_brings_is_told(program: Program, committed: Path) -> None:
    before = rules(program)
    changed = f"# a line more\n\n{TWO}ENV API_KEY=abcdefghijk123\n"
    write(committed, Dockerfile=changed, new__Dockerfile="FROM debian:latest\nUSER 1000\n")
    (committed / "gone" / "Dockerfile").unlink()
    assert rules(program, "--since", "HEAD") == [
        ("Dockerfile", "secret-in-build"),
        ("new/Dockerfile", "unpinned-image"),
    ]
    assert program("check", "--policy", "strict", "--since", "HEAD").code == 1
    assert len(rules(program)) == len(before) - 5 + 2


def test_of_two_alike_the_one_in_a_new_line_is_new(program: Program, committed: Path) -> None:
    write(committed, Dockerfile=f"{TWO}USER 1\nRUN apt-get update && apt-get install -y git\n")
    found = told(program, "--since", "HEAD")["findings"]
    (one,) = (one for one in found if one["rule"] == "apt-recommends")
    assert one["location"]["start"]["line"] == 4
    above = TWO.replace("\n", "\nUSER 0\nRUN apt-get update && apt-get install -y git\nUSER 1\n", 1)
    write(committed, Dockerfile=above)
    found = told(program, "--since", "HEAD")["findings"]
    (one,) = (one for one in found if one["rule"] == "apt-recommends")
    assert one["location"]["start"]["line"] == 3


def test_an_empty_new_file_is_judged(program: Program, committed: Path) -> None:
    write(committed, empty__Dockerfile="")
    assert rules(program, "--since", "HEAD") == [("empty/Dockerfile", "empty-dockerfile")]


def test_a_file_that_was_renamed_brings_what_was_changed_in_it(
    program: Program, committed: Path
) -> None:
    (committed / "moved").mkdir()
    (committed / "other" / "Dockerfile").rename(committed / "moved" / "Dockerfile")
    text = (committed / "gone" / "Dockerfile").read_text()
    (committed / "gone" / "Dockerfile").unlink()
    write(committed, here__now__Dockerfile=f"{text}RUN curl http://example.com/a | sh\n")
    report = told(program, "--since", "HEAD")
    found = {(one["location"]["origin"], one["rule"]) for one in report["findings"]}
    assert {origin for origin, _ in found} == {"here/now/Dockerfile"}
    assert ("here/now/Dockerfile", "curl-pipe-shell") in found
    assert ("here/now/Dockerfile", "apt-recommends") not in found
    assert report["since"]["mended"] == 0


def test_it_is_compared_with_the_commit_where_both_parted(
    program: Program, committed: Path
) -> None:
    base = git(committed, "rev-parse", "HEAD")
    git(committed, "checkout", "-q", "-b", "topic")
    write(committed, Dockerfile=f"{TWO}ENV API_KEY=abcdefghijk123\n")
    commit(committed)
    git(committed, "checkout", "-q", "main")
    write(committed, other__Dockerfile="FROM debian:12.7\n")
    commit(committed)
    git(committed, "checkout", "-q", "topic")
    report = told(program, "--since", "main")
    assert [one["rule"] for one in report["findings"]] == ["secret-in-build"]
    assert report["since"]["commit"] == base
    assert report["since"]["mended"] == 0


def test_an_allowance_that_goes_brings_its_finding(program: Program, committed: Path) -> None:
    allowed = "# imagelint: allow apt-recommends -- it is small\nRUN"
    write(committed, Dockerfile=TWO.replace("RUN", allowed))
    commit(committed)
    write(committed, Dockerfile=TWO)
    assert ("Dockerfile", "apt-recommends") in rules(program, "--since", "HEAD")


def test_what_a_policy_is_told_of_the_change_stays(program: Program, committed: Path) -> None:
    allowed = "# imagelint: allow apt-recommends -- it is small\nRUN"
    write(committed, Dockerfile=TWO.replace("RUN", allowed), _imagelint_yaml="extends: [strict]\n")
    git(committed, "add", ".imagelint.yaml")
    git(committed, "commit", "-q", "-m", "policy")
    since = ("--since", "HEAD", "--policy-from", "HEAD", "--format", "json")
    found = json.loads(program("check", *since).out)["findings"]
    assert "added-allowance" in {one["rule"] for one in found}


def test_the_policy_may_let_fail_what_was_there(program: Program, committed: Path) -> None:
    write(committed, _imagelint_yaml="extends: [strict]\nsince: all\n")
    commit(committed)
    answer = program("check", "--since", "HEAD")
    assert answer.code == 1
    assert "(not new; `since: all`)" in answer.out
    assert "found    0 findings" in answer.out
    write(committed, _imagelint_yaml="extends: [strict]\nsince: new\n")
    assert program("check", "--since", "HEAD").code == 0


def test_a_problem_that_the_change_does_not_reach_is_counted(
    program: Program, committed: Path
) -> None:
    write(committed, pod_yaml="apiVersion: v1\nkind: Pod\nspec: [\n")
    commit(committed)
    assert program("check", "--policy", "strict").code == 1
    write(committed, Dockerfile=f"# a line\n{TWO}")
    answer = program("check", "--policy", "strict", "--since", "HEAD")
    assert answer.code == 0
    assert "; 1 problem unchanged" in answer.out
    write(committed, pod_yaml="apiVersion: v1\nkind: Pod\nspec: [ \n")
    answer = program("check", "--policy", "strict", "--since", "HEAD")
    assert answer.code == 3
    write(committed, pod_yaml="apiVersion: v1\nkind: Pod\nspec: [\n")
    write(committed, _imagelint_yaml="extends: [strict]\nsince: all\n")
    answer = program("check", "--since", "HEAD")
    assert "problem (unparsable)" in answer.out


def test_a_baseline_holds_before_and_now(program: Program, committed: Path) -> None:
    assert program("check", "--policy", "strict", "--write-baseline", "known.json").code == 0
    write(committed, Dockerfile=f"{TWO}ENV API_KEY=abcdefghijk123\n")
    report = told(program, "--since", "HEAD", "--baseline", "known.json")
    assert [one["rule"] for one in report["findings"]] == ["secret-in-build"]
    assert report["since"]["mended"] == 0
    assert report["counts"]["allowed"] > 0


def test_a_file_that_is_named_and_of_no_kind(program: Program, committed: Path) -> None:
    write(committed, notes="token ghp_012345678901234567890123456789abcdef\n")
    commit(committed)
    report = told(program, "--since", "HEAD", "notes")
    assert report["findings"] == []
    assert report["since"]["problems"] == 1
    write(committed, notes="token ghp_012345678901234567890123456789abcdef\nand more\n")
    report = told(program, "--since", "HEAD", "notes")
    assert report["findings"] == []
    assert [one["kind"] for one in report["problems"]] == ["unrecognised"]


def test_a_submodule_is_compared_with_the_commit_that_was_named(
    program: Program, committed: Path, tmp_path: Path
) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    write(inner, Dockerfile=TWO)
    git(inner, "init", "-q")
    commit(inner)
    git(committed, "submodule", "add", "-q", str(inner), "vendor")
    commit(committed)
    assert rules(program, "--since", "HEAD") == []
    write(committed / "vendor", Dockerfile=f"{TWO}ENV API_KEY=abcdefghijk123\n")
    commit(committed / "vendor")
    assert rules(program, "--since", "HEAD") == [("vendor/Dockerfile", "secret-in-build")]
    git(inner, "commit", "-q", "--amend", "-m", "another")
    (committed / "vendor" / ".git").unlink()
    write(committed, _gitmodules="")
    git(committed / "vendor", "init", "-q")
    commit(committed / "vendor")
    answer = program("check", "--since", "HEAD")
    assert answer.code == 2
    assert answer.err.startswith("error: --since: the submodule vendor has no commit ")


def test_a_shallow_clone_says_what_it_lacks(
    program: Program, committed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = git(committed, "rev-parse", "HEAD")
    for number in range(3):
        write(committed, other__Dockerfile=f"FROM debian:{number}\n")
        commit(committed)
    git(tmp_path, "clone", "-q", "--depth=2", f"file://{committed}", "clone")
    monkeypatch.chdir(tmp_path / "clone")
    answer = program("check", "--since", first)
    assert answer.code == 2
    assert "fetch-depth: 0" in answer.err
    assert program("check", "--policy", "strict", "--since", "HEAD^").code == 1
    git(Path.cwd(), "fetch", "-q", "--depth=1", "origin", first)
    answer = program("check", "--since", first)
    assert answer.code == 2
    assert "have no commit in common here" in answer.err
    assert "this clone is shallow" in answer.err


def test_another_history_has_nothing_in_common(program: Program, committed: Path) -> None:
    git(committed, "checkout", "-q", "--orphan", "other")
    commit(committed)
    answer = program("check", "--since", "main")
    assert answer.code == 2
    assert "have no commit in common here" in answer.err
    assert "another history" in answer.err


def test_what_a_sparse_checkout_leaves_out_is_not_gone(program: Program, committed: Path) -> None:
    git(committed, "sparse-checkout", "set", "--no-cone", "/Dockerfile")
    assert not (committed / "gone").exists()
    report = told(program, "--since", "HEAD")
    assert (report["findings"], report["since"]["mended"]) == ([], 0)


def test_links_and_folders_by_a_link(program: Program, committed: Path, tmp_path: Path) -> None:
    (committed / "deep").mkdir()
    (committed / "deep" / "link.Dockerfile").symlink_to("../other/Dockerfile")
    commit(committed)
    assert rules(program, "--since", "HEAD") == []
    write(committed, other__Dockerfile="FROM debian\nRUN curl http://example.com/a | sh\n")
    assert ("other/Dockerfile", "curl-pipe-shell") in rules(program, "--since", "HEAD")
    outside = tmp_path / "outside"
    outside.symlink_to(committed)
    (committed / "gone" / "Dockerfile").unlink()
    found = rules(program, "--since", "HEAD", str(outside))
    assert {rule for _, rule in found} >= {"curl-pipe-shell"}


def test_a_file_of_the_same_size_and_time_is_read(program: Program, committed: Path) -> None:
    path = committed / "Dockerfile"
    status = path.stat()
    path.write_text(TWO.replace("debian:12.7", "alpine:3.99"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert rules(program, "--since", "HEAD") != []


def test_configuration_of_the_repository_runs_nothing(program: Program, committed: Path) -> None:
    for key in ("diff.evil.textconv", "filter.evil.clean", "filter.evil.smudge", "diff.external"):
        git(committed, "config", key, "touch canary; cat")
    git(committed, "config", "core.fsmonitor", "touch canary")
    write(committed, _gitattributes="* filter=evil diff=evil\n", Dockerfile=f"# x\n{TWO}")
    (committed / ".git" / "hooks" / "post-checkout").write_text("#!/bin/sh\ntouch canary\n")
    assert rules(program, "--since", "HEAD") == []
    assert not list(committed.rglob("canary"))


@pytest.mark.usefixtures("committed")
def test_what_is_no_commit_is_wrong_usage(program: Program) -> None:
    answer = program("check", "--since", "nothing")
    assert answer.code == 2
    assert answer.err.startswith("error: --since: there is no commit `nothing` in this repository")
    typed = program("check", "--since", "HEAD", "-", "--stdin-filename", "Dockerfile", stdin=b"a")
    assert typed.code == 2
    assert "not about standard input" in typed.err


def test_a_report_of_before_will_do(program: Program, committed: Path) -> None:
    program("check", "--policy", "strict", "--format", "json=before.json")
    write(committed, Dockerfile=f"# x\n{TWO}ENV API_KEY=abcdefghijk123\n")
    (committed / "gone" / "Dockerfile").unlink()
    report = told(program, "--diff-from", "before.json")
    assert [one["rule"] for one in report["findings"]] == ["secret-in-build"]
    assert report["since"]["name"] == "before.json"
    assert report["since"]["commit"] == ""
    by_commit = told(program, "--since", "HEAD")["since"]
    assert {key: report["since"][key] for key in ("unchanged", "mended")} == {
        key: by_commit[key] for key in ("unchanged", "mended")
    }
    written = ("--format", "json=partly.json")
    program("check", "--policy", "strict", "--since", "HEAD", *written)
    answer = program("check", "--diff-from", "partly.json")
    assert answer.code == 2
    assert "it holds only what was new itself" in answer.err
    answer = program("check", "--diff-from", "before.json", "--since", "HEAD")
    assert answer.code == 2
    assert "compare with different things" in answer.err


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "it is not JSON"),
        ("[]", "no report of the form"),
        ('{"schema": "imagelint.report/1"}', "a finding of it is no finding"),
        ('{"schema": "imagelint.report/1", "findings": [{}]}', "a finding of it is no finding"),
        (ENDLESS, "a finding of it is no finding"),
        (None, "no such file"),
    ],
)
def test_what_is_no_report_is_refused(
    program: Program, here: Path, text: str | None, why: str
) -> None:
    if text is not None:
        (here / "before.json").write_text(text)
    answer = program("check", "--diff-from", "before.json")
    assert answer.code == 2
    assert why in answer.err


def test_sarif_tells_what_is_new(program: Program, committed: Path) -> None:
    write(committed, Dockerfile=f"{TWO}ENV API_KEY=abcdefghijk123\n")
    since = ("check", "--policy", "strict", "--since", "HEAD", "--format", "sarif")
    results = json.loads(program(*since).out)["runs"][0]["results"]
    states = [(one["baselineState"], one["ruleId"]) for one in results]
    assert states[0] == ("new", "secret-in-build")
    assert {state for state, _ in states[1:]} == {"unchanged"}


def test_a_trusted_policy_lets_fail_what_was_there(program: Program, committed: Path) -> None:
    write(committed, _imagelint_yaml="extends: [strict]\nsince: all\n")
    commit(committed)
    write(committed, _imagelint_yaml="extends: [strict]\nsince: new\n")
    answer = program("check", "--since", "HEAD", "--policy-from", "HEAD")
    assert answer.code == 1
    assert "(not new; `since: all`)" in answer.out
    assert "`since` lets pass what was there before" in answer.out


def test_a_file_that_was_too_large_to_be_read_brings_what_is_in_it(
    program: Program, committed: Path
) -> None:
    write(committed, other__Dockerfile="# " + "x" * 17_000_000)
    commit(committed)
    write(committed, other__Dockerfile="FROM debian\nRUN curl http://example.com/a | sh\n")
    assert ("other/Dockerfile", "curl-pipe-shell") in rules(program, "--since", "HEAD")


def test_a_link_that_led_nowhere_brings_what_it_leads_to(program: Program, committed: Path) -> None:
    (committed / "Dockerfile.gpu").symlink_to("build/it")
    (committed / "way").symlink_to("other")
    (committed / "Dockerfile.cpu").symlink_to("way/content")
    write(committed, other__content="FROM debian\nRUN curl http://example.com/a | sh\n")
    commit(committed)
    assert rules(program, "--since", "HEAD") == []
    write(committed, build__it="FROM debian\nRUN curl http://example.com/a | sh\n")
    commit(committed)
    found = rules(program, "--since", "HEAD^")
    assert ("Dockerfile.gpu", "curl-pipe-shell") in found
    assert {origin for origin, _ in found} == {"Dockerfile.gpu"}
    write(committed, other__content="FROM debian\nRUN curl http://example.com/b | sh\n")
    assert {origin for origin, _ in rules(program, "--since", "HEAD")} == {"Dockerfile.cpu"}


_SERVICE = "services: {llm: {extends: {file: ../../../shared/base.yml, service: llm}}}\n"


def test_what_stands_above_where_the_user_stands_counts(
    program: Program, committed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = "services: {llm: {image: 'debian:12'%s}}\n"
    write(committed, shared__base_yml=base % "", deploy__eu__prod__compose_yml=_SERVICE)
    kustomization = "resources: [../../../base]\n"
    spec = "spec: {%scontainers: [{name: a, image: a}]}\n"
    pod = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\n{spec}"
    write(
        committed,
        base__pod_yaml=pod % "",
        base__kustomization_yaml="resources: [pod.yaml]\n",
        deploy__eu__prod__kustomization_yaml=kustomization,
    )
    commit(committed)
    monkeypatch.chdir(committed / "deploy" / "eu" / "prod")
    before = told(program)["findings"]
    assert rules(program, "--since", "HEAD") == []
    write(committed, shared__base_yml=base % ", privileged: true")
    write(committed, base__pod_yaml=pod % "hostNetwork: true, ")
    now = told(program)["findings"]
    assert len(now) > len(before)
    report = told(program, "--since", "HEAD")
    assert {one["rule"] for one in report["findings"]} == {one["rule"] for one in now} - {
        one["rule"] for one in before
    }


@pytest.mark.parametrize("added", [True, False])
def test_what_a_file_reads_and_nobody_committed_before_is_new(
    program: Program, committed: Path, *, added: bool
) -> None:
    entrypoint = 'COPY serve /srv/\nENTRYPOINT ["/srv/serve"]\n'
    write(committed, Dockerfile=f"FROM vllm/vllm-openai:v0.9.0\n{entrypoint}")
    commit(committed)
    git(committed, "update-index", "--split-index")
    serving = ("--policy", "gpu-serving")
    assert rules(program, *serving, "--since", "HEAD") == []
    write(committed, serve="#!/bin/sh\nvllm serve a/b --trust-remote-code\n")
    if added:
        commit(committed)
    new = rules(program, *serving, "--since", "HEAD^" if added else "HEAD")
    assert ("serve", "trust-remote-code") in new
    (committed / ".git" / "info" / "exclude").write_text("serve\n")
    assert added or rules(program, *serving, "--since", "HEAD") == []


def test_what_a_sparse_index_leaves_out_is_not_gone(program: Program, committed: Path) -> None:
    git(committed, "sparse-checkout", "set", "--cone", "--sparse-index", "other")
    assert not (committed / "gone").exists()
    write(committed, another__Dockerfile=TWO)
    report = told(program, "--since", "HEAD")
    assert {one["location"]["origin"] for one in report["findings"]} == {"another/Dockerfile"}
    assert report["since"]["mended"] == 0


def test_a_clone_without_its_files_is_told(program: Program, committed: Path) -> None:
    names = [f"many__{number}" for number in range(95)]
    write(committed, **{name: name for name in names})
    commit(committed)
    lost = git(committed, "rev-parse", "HEAD:many/94")
    write(committed, **{name: f"{name}." for name in names})
    commit(committed)
    (committed / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    answer = program("check", "--since", "HEAD^")
    assert answer.code == 2
    assert "some files of HEAD^ " in answer.err
    assert "are not in this clone" in answer.err


def test_a_file_that_another_is_read_with_reaches_who_asks_for_that_one(
    program: Program, committed: Path
) -> None:
    """A variable tells what is built, and that what is scaled serves by GPUs."""
    write(
        committed, scaler_yaml=SCALER, server_yaml=SERVER, app__Dockerfile=IMAGE, app__run_sh=START
    )
    builds = BUILDS.replace("build: app", "build: '${CONTEXT}'")
    write(committed, compose_yaml=builds, _env="CONTEXT=other\n")
    commit(committed)
    only = ("--policy", "strict", "--only", "cpu-hpa-on-gpu")
    assert rules(program, *only) == rules(program, *only, "--since", "HEAD") == []
    write(committed, _env="CONTEXT=app\n")
    expected = [("scaler.yaml", "cpu-hpa-on-gpu")]
    assert rules(program, *only, "--since", "HEAD") == rules(program, *only) == expected
    # What is remembered is about the variable as it was.
    write(committed, _env="CONTEXT=other\n")
    assert rules(program, *only) == []


def test_what_was_there_is_remembered_as_well(
    program: Program, committed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(committed, Dockerfile=f"{TWO}ENV API_KEY=abcdefghijk123\n", gone__Dockerfile="FROM a\n")
    first = told(program, "--since", "HEAD")
    monkeypatch.setattr(Examiner, "_examine", None)
    again = told(program, "--since", "HEAD")
    assert (again["findings"], again["since"]) == (first["findings"], first["since"])
    assert again["findings"]
    write(committed, Dockerfile=TWO, gone__Dockerfile=TWO)
    assert told(program, "--since", "HEAD")["findings"] == []


def test_what_is_remembered_changes_nothing_of_a_comparison(
    program: Program, committed: Path
) -> None:
    """Files come, go and change, also those that others look at: cold and warm say the same."""
    random = Random(14)  # noqa: S311 - must be the same again
    whole = "FROM debian:12.7\nCOPY . /srv\n"
    texts = ("FROM a\n", TWO, whole, f"{whole}ENV API_KEY=abcdefghijk123\n", "FROM", None)
    looked_at = (".git\n", "*\n", None)
    seen: set[str] = set()
    for _ in range(6):
        for name in ("Dockerfile", "gone/Dockerfile", "new/Dockerfile", ".dockerignore"):
            path = committed / name
            path.parent.mkdir(exist_ok=True)
            text = random.choice(looked_at if name == ".dockerignore" else texts)
            path.unlink(missing_ok=True)
            if text is not None:
                path.write_text(text)
        found = program(*CHECK, "--since", "HEAD", "--no-cache").out
        assert program(*CHECK, "--since", "HEAD").out == found
        seen.add(found)
    assert len(seen) > 3


def test_folders_of_which_each_knows_something_else(program: Program, committed: Path) -> None:
    """Each is judged by tables of its own, as the files were and as they are."""
    for name in ("gone", "other"):
        policy = "extends: [strict]\nknowledge: [site.yaml]\n"
        (committed / name / ".imagelint.yaml").write_text(policy)
        site = f"base-images: [{{image: '{name}.example.com/*', user: '1000'}}]\n"
        (committed / name / "site.yaml").write_text(site)
        (committed / name / "Dockerfile").write_text(TWO)
    commit(committed)
    for name in ("gone", "other"):
        (committed / name / "Dockerfile").write_text(f"{TWO}ENV API_KEY=abcdefghijk123\n")
    for cache in ((), ("--no-cache",)):
        found = json.loads(program("check", "--format", "json", "--since", "HEAD", *cache).out)
        told = [(one["location"]["origin"], one["rule"]) for one in found["findings"]]
        assert told == [(f"{name}/Dockerfile", "secret-in-build") for name in ("gone", "other")]
