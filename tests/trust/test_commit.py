"""The policy as it stands at a commit, with a real repository."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

import pytest

from imagelint.collect.commit import read_commit
from imagelint.collect.deadline import Deadline
from imagelint.core.errors import UsageError
from tests.cli.projects import GOOD, ROOT
from tests.trust.conftest import Repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program


def policy(text: str = "rules: {root-user: high}") -> str:
    return f"extends: [baseline]\n{text}\n"


def test_what_a_change_says_does_not_count(program: Program, repository: Repository) -> None:
    repository.commit(_imagelint_yaml=policy(), Dockerfile=GOOD)
    repository.write("Dockerfile", ROOT)
    repository.write(".imagelint.yaml", policy("rules: {root-user: off}"))
    assert program("check").code == 0
    assert program("check", "--policy-from", "main").code == 1
    repository.git("checkout", "-q", "-b", "change")
    repository.commit()
    assert program("check", "--policy-from", "main").code == 1
    assert program("check", "--policy-from", "change").code == 0


def test_what_is_extended_is_read_at_the_commit(program: Program, repository: Repository) -> None:
    repository.commit(
        _imagelint_yaml="extends: [ci/base.yaml]", ci__base_yaml=policy(), Dockerfile=ROOT
    )
    repository.write("ci/base.yaml", policy("rules: {root-user: off}"))
    assert program("check").code == 0
    assert program("check", "--policy-from", "HEAD").code == 1
    assert program("check", "--policy-from", "HEAD", "--policy", "ci/base.yaml").code == 1


def test_a_folder_s_own_policy_is_read_at_the_commit(
    program: Program, repository: Repository
) -> None:
    repository.commit(
        _imagelint_yaml=policy(),
        svc___imagelint_yaml=policy("rules: {root-user: off}"),
        svc__Dockerfile=ROOT,
    )
    assert program("check", "--policy-from", "HEAD").code == 0
    repository.write("new/Dockerfile", ROOT)
    repository.write("new/.imagelint.yaml", policy("rules: {root-user: off}"))
    assert program("check", "new").code == 0
    assert program("check", "new", "--policy-from", "HEAD").code == 1


def test_its_waivers_and_excluded_files_are_its_own(
    program: Program, repository: Repository
) -> None:
    waiver = "waivers: [{rule: root-user, where: old/*, reason: goes away, until: 2999-01-01}]"
    repository.commit(
        _imagelint_yaml=policy(f"{waiver}\nexclude: [gone]\nrules: {{root-user: high}}"),
        old__Dockerfile=ROOT,
        gone__Dockerfile=ROOT,
    )
    assert program("check", "--policy-from", "HEAD").code == 0
    # A folder that moves in the tree does not take the places of the policy with it.
    repository.write("svc/old/Dockerfile", ROOT)
    repository.write("svc/.imagelint.yaml", "")
    assert program("check", "--policy-from", "HEAD").code == 1


def test_a_baseline_is_read_at_the_commit(program: Program, repository: Repository) -> None:
    repository.commit(
        _imagelint_yaml=policy("baseline: b.json\nrules: {root-user: high}"), Dockerfile=GOOD
    )
    repository.write("Dockerfile", ROOT)
    program("check", "--policy", "recommended", "--write-baseline", "b.json")
    assert program("check").code == 0
    assert program("check", "--policy-from", "HEAD").code == 2
    repository.commit()
    assert program("check", "--policy-from", "HEAD").code == 0
    repository.write("Dockerfile", ROOT.replace("COPY", "ENV A=1\nADD https://e.com/a /\nCOPY"))
    repository.write("b.json", '{"version": 1, "findings": []}')
    assert program("check", "--policy-from", "HEAD").code == 0
    assert program("check", "--policy-from", "HEAD", "--baseline", "b.json").code == 0


@pytest.mark.parametrize(
    "ref",
    ["--output=x", "-h", "", " ", "main:Dockerfile", "a..b", "no-such-branch", "f" * 40, "m*"],
)
def test_what_is_no_commit_is_an_error(program: Program, repository: Repository, ref: str) -> None:
    repository.commit(Dockerfile=GOOD)
    said = program("check", f"--policy-from={ref}", "--policy=baseline")
    assert said.code == 2
    assert "--policy-from" in said.err


def test_a_name_that_means_two_things_is_an_error(program: Program, repository: Repository) -> None:
    repository.commit(_imagelint_yaml=policy(), Dockerfile=GOOD)
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert program("check", "--policy-from", "origin/main").code == 0
    repository.git("tag", "origin/main")
    said = program("check", "--policy-from", "origin/main")
    assert said.code == 2
    assert "several things" in said.err
    assert program("check", "--policy-from", "refs/remotes/origin/main").code == 0


def test_a_shallow_clone_is_told_what_to_fetch(
    program: Program, repository: Repository, here: Path, tmp_path: Path
) -> None:
    first = repository.commit(_imagelint_yaml=policy(), Dockerfile=GOOD)
    repository.commit(Dockerfile=ROOT)
    shutil.move(here, tmp_path / "origin")
    here.mkdir()
    os.chdir(here)
    Repository(here).git("clone", "-q", "--depth=1", f"file://{tmp_path}/origin", "clone")
    said = program("check", "clone", "--policy-from", first)
    assert said.code == 2
    assert "git fetch --depth=1 origin" in said.err
    assert "fetch-depth: 0" in said.err


def test_outside_of_a_repository_there_is_no_commit(program: Program, here: Path) -> None:
    (here / "Dockerfile").write_text(GOOD, encoding="utf-8")
    said = program("check", "--policy-from", "main")
    assert (said.code, "in no git repository" in said.err) == (2, True)


def weakened(program: Program, *arguments: str) -> list[str]:
    """What `policy-weakened` says, with its place."""
    said = program("check", *arguments, "--format", "concise")
    lines = [line for line in said.out.splitlines() if "policy-weakened" in line]
    return sorted(line.replace("[policy-weakened] ", "") for line in lines)


CHANGES = {
    "rules: {root-user: off}": "`root-user` is off, it was on",
    "rules: {root-user: low}": "`root-user` is low, it was high",
    "fail-on: critical": "`fail-on` is critical, it was high",
    "rules: {root-user: {level: high, exempt: [a]}}": "`root-user` has more exemptions: `a`",
    "exclude: [old]": "`exclude` has more: `old`",
    "waivers: [{rule: root-user, reason: x, until: 2999-01-01}]": (
        "`root-user` is waived until 2999-01-01"
    ),
    "rules: {root-user: high, healthcheck-start-period: {seconds: 9}}": "",
    "rules: {root-user: critical}": "",
    "fail-on: low": "",
}


@pytest.mark.parametrize(("text", "said"), CHANGES.items(), ids=CHANGES)
def test_what_a_change_loosens_is_said_at_its_line(
    program: Program, repository: Repository, text: str, said: str
) -> None:
    before = "extends: [baseline]\nrules:\n  root-user: high\n"
    repository.commit(_imagelint_yaml=before, Dockerfile=GOOD)
    after = before if "rules" not in text else "extends: [baseline]\n"
    repository.write(".imagelint.yaml", f"{after}{text}\n")
    found = weakened(program, "--policy-from", "HEAD")
    assert len(found) == bool(said), found
    if said:
        line = len(after.splitlines()) + 1
        assert f".imagelint.yaml:{line}:" in found[0]
        assert said in found[0]
    # Nobody is told where nothing is trusted.
    assert weakened(program) == []


def test_a_tree_cannot_silence_what_tells_of_it(program: Program, repository: Repository) -> None:
    repository.commit(_imagelint_yaml=policy(), Dockerfile=GOOD)
    silencing = "rules: {root-user: off, policy-weakened: off}\n"
    waiver = "waivers: [{rule: policy-weakened, reason: x, until: 2999-01-01}]\n"
    repository.write(
        ".imagelint.yaml", f"extends: [baseline]\nexclude: ['**']\n{silencing}{waiver}"
    )
    assert len(weakened(program, "--policy-from", "HEAD")) == 4


def test_a_policy_that_is_gone_is_said(program: Program, repository: Repository) -> None:
    repository.commit(_imagelint_yaml=policy("rules: {missing-healthcheck: high}"), Dockerfile=GOOD)
    (repository.folder / ".imagelint.yaml").unlink()
    (found,) = weakened(program, "--policy-from", "HEAD")
    assert "`.imagelint.yaml` is removed: `missing-healthcheck` is off, it was on" in found


def test_what_a_change_loosens_of_a_named_policy_is_said(
    program: Program, repository: Repository
) -> None:
    repository.commit(ci__p_yaml=policy(), Dockerfile=GOOD)
    repository.write("ci/p.yaml", policy("rules: {root-user: off}"))
    arguments = ("--policy-from", "HEAD", "--policy", "ci/p.yaml")
    assert [line for line in weakened(program, *arguments) if "root-user" in line]
    repository.write("ci/p.yaml", policy())
    assert weakened(program, *arguments) == []


def test_a_policy_that_judges_nothing_is_no_pass(program: Program, repository: Repository) -> None:
    repository.commit(p_yaml="extends: []\n", Dockerfile=ROOT)
    answer = program("check", "--policy-from", "HEAD", "--policy", "p.yaml")
    assert answer.code == 3
    assert "its policy has no rule on, so nothing was judged" in answer.out


def test_a_first_policy_is_compared_with_none(program: Program, repository: Repository) -> None:
    repository.commit(Dockerfile=GOOD)
    repository.write(".imagelint.yaml", "rules: {root-user: off}")
    (found,) = weakened(program, "--policy-from", "HEAD")
    assert "`root-user` is off" in found


def test_what_the_root_locks_at_the_commit_holds_below_it(
    program: Program, repository: Repository
) -> None:
    repository.commit(
        _imagelint_yaml=policy("rules: {root-user: high}\nlock: {rules: {root-user: high}}"),
        svc___imagelint_yaml=policy("rules: {root-user: off}"),
        svc__Dockerfile=ROOT,
    )
    assert program("check", "--policy-from", "HEAD").code == 1
    repository.write(".imagelint.yaml", policy("rules: {root-user: off}"))
    repository.write("svc/.imagelint.yaml", policy("lock: {rules: {root-user: info}}"))
    assert program("check", "--policy-from", "HEAD").code == 1


def test_a_tree_may_add_to_a_commit_that_locks_something(
    program: Program, repository: Repository
) -> None:
    repository.commit(
        _imagelint_yaml=policy("rules: {root-user: high}\nlock: {rules: {unpinned-image: on}}"),
        Dockerfile=ROOT,
    )
    assert program("check", "--policy-from", "HEAD").code == 1
    repository.write(".imagelint.yaml", policy("rules: {root-user: off}"))
    assert program("check", "--policy-from", "HEAD").code == 0


def unused(program: Program, *arguments: str) -> int:
    """How many allowances are said to be unused."""
    return program("check", *arguments, "--format", "concise").out.count("unused-allowance")


def test_what_is_waived_in_vain_is_told_where_it_is_certain(
    program: Program, repository: Repository, outside: Path
) -> None:
    waiver = "waivers: [{rule: root-user, where: old, reason: x, until: 2999-01-01}]\n"
    text = policy(f"rules: {{root-user: high}}\n{waiver}")
    repository.commit(_imagelint_yaml=text, Dockerfile=GOOD)
    assert unused(program, "--policy-from", "HEAD") == 1
    # An organisation's policy speaks of other repositories as well.
    (outside / "ours.yaml").write_text(text, encoding="utf-8")
    assert unused(program, "--policy", str(outside / "ours.yaml")) == 0
    # What one policy of the tree has no use for, another may.
    locking = f"{text}lock: {{rules: {{curl-pipe-shell: on}}}}\n"
    repository.commit(_imagelint_yaml=locking, old__Dockerfile=ROOT)
    repository.write("svc/Dockerfile", GOOD)
    repository.write("svc/.imagelint.yaml", "")
    assert unused(program, "--policy-from", "HEAD") == 0


def test_git_is_asked_as_long_as_the_run_may_take(
    program: Program, repository: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    repository.commit(_imagelint_yaml=policy(), Dockerfile=GOOD)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "git").write_text("#!/bin/sh\nexec sleep 30\n")
    (tools / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    begun = time.monotonic()
    told = program("image", "oci:none", "--policy-from", "main", "--timeout", "1")
    assert told.code == 2
    assert "git cannot be asked for `main`" in told.err
    assert time.monotonic() - begun < 15
    assert "give it more with `--timeout`" in told.err


def test_nothing_is_asked_when_the_run_is_over(repository: Repository) -> None:
    repository.commit(Dockerfile=GOOD)
    with pytest.raises(UsageError, match="the 1e-09 seconds of this run are over"):
        read_commit("main", ".", deadline=Deadline(1e-9))
    commit = read_commit("main", ".")._replace(deadline=Deadline(1e-9))
    with pytest.raises(ValueError, match="of this run are over"):
        commit.read("Dockerfile")


def test_what_only_the_history_leads_to_is_fetched_by_depth(
    program: Program, repository: Repository, here: Path
) -> None:
    repository.commit(Dockerfile=GOOD)
    said = program("check", "--since", "HEAD~3")
    assert said.code == 2
    assert "git fetch --deepen=" in said.err
    assert "origin HEAD~3" not in said.err
