"""Ways round a trusted policy, tried with real files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from imagelint.policy.model import Policy
from imagelint.run.policies import Policies
from imagelint.run.policyfiles import TrustRequest
from tests.cli.projects import GOOD, ROOT

if TYPE_CHECKING:
    from tests.conftest import Program
    from tests.trust.conftest import Repository

LOCK = "extends: [baseline]\nlock: {rules: {root-user: high}}\n"
LAX = "extends: [baseline]\nrules: {root-user: off}\n"
STRICT = "extends: [baseline]\nrules: {root-user: high}\n"
HIGH = "1 finding at high or above"


@pytest.fixture
def ours(outside: Path) -> str:
    """The path of an organisation's policy that locks a rule."""
    (outside / "ours.yaml").write_text(LOCK, encoding="utf-8")
    return str(outside / "ours.yaml")


def test_a_link_in_the_tree_to_a_policy_outside_is_the_tree_s(
    program: Program, repository: Repository, ours: str
) -> None:
    repository.write("Dockerfile", ROOT)
    repository.write(".imagelint.yaml", LAX)
    Path("theirs.yaml").symlink_to(ours)
    # It holds as any named policy does, and what it locks binds nobody: the link may change.
    assert "trusted policy" not in program("check", "--policy", "theirs.yaml").out
    assert "trusted policy" in program("check", "--policy", ours).out


def test_a_link_outside_to_a_policy_in_the_tree_is_the_tree_s(
    program: Program, repository: Repository, outside: Path
) -> None:
    repository.write("Dockerfile", ROOT)
    repository.write("ci/ours.yaml", LOCK)
    (outside / "link.yaml").symlink_to(repository.folder / "ci/ours.yaml")
    assert "trusted policy" not in program("check", "--policy", str(outside / "link.yaml")).out


def test_a_trusted_policy_takes_nothing_from_the_tree(
    program: Program, repository: Repository, outside: Path
) -> None:
    repository.write("Dockerfile", ROOT)
    repository.write("ci/base.yaml", LAX)
    repository.write("keys/a.pub", "a key")
    path = str(outside / "ours.yaml")
    (outside / "ours.yaml").write_text("extends: [../project/ci/base.yaml]\n", encoding="utf-8")
    said = program("check", "--policy", path)
    assert (said.code, "it lies in what is examined" in said.err) == (2, True)
    key = "environment: {signers: [{name: a, key: ../project/keys/a.pub}]}\n"
    (outside / "ours.yaml").write_text(key, encoding="utf-8")
    said = program("check", "--policy", path)
    assert (said.code, "the key of a lies in what is examined" in said.err) == (2, True)
    root = "environment: {trusted-root: ../project/keys/a.pub}\n"
    (outside / "ours.yaml").write_text(root, encoding="utf-8")
    said = program("check", "--policy", path)
    assert (said.code, "the trusted root lies in what is examined" in said.err) == (2, True)


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("ours.yaml", "is not an absolute path"),
        ("{here}/ours.yaml", "lies in what is examined"),
        ("{here}/../nothing.yaml", "no such file"),
    ],
)
def test_an_organisation_s_policy_is_named_so_that_nobody_can_change_it(
    program: Program,
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    part: str,
) -> None:
    repository.write("Dockerfile", GOOD)
    repository.write("ours.yaml", LOCK)
    monkeypatch.setenv("IMAGELINT_POLICY", path.format(here=repository.folder))
    said = program("check")
    assert (said.code, part in said.err) == (2, True)


def test_a_policy_at_a_commit_cannot_loosen_what_an_organisation_locks(
    program: Program, repository: Repository, ours: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGELINT_POLICY", ours)
    repository.commit(_imagelint_yaml=f"{LAX}exclude: ['**']\n", Dockerfile=ROOT)
    said = program("check", "--policy-from", "HEAD")
    assert said.code == 1
    assert HIGH in said.out
    assert "`root-user` is switched off: it does not count, ../organisation/ours.yaml" in said.out


def test_an_excluded_file_is_judged_by_what_is_locked_and_by_nothing_else(
    program: Program, repository: Repository, outside: Path, ours: str
) -> None:
    repository.write(
        "Dockerfile", ROOT.replace("@sha256", "\n#").replace("slim-bookworm", "latest")
    )
    repository.write(
        ".imagelint.yaml", "rules: {unpinned-image: critical}\nexclude: [Dockerfile]\n"
    )
    said = program("check", "--policy", ours)
    assert said.code == 1
    assert "high[root-user]" in said.out
    assert "unpinned-image]" not in said.out
    # What the trusted policy excludes itself is left out.
    (outside / "ours.yaml").write_text(f"{LOCK}exclude: [Dockerfile]\n", encoding="utf-8")
    said = program("check", "--policy", ours)
    assert "root-user]" not in said.out
    assert "1 excluded by the policy" in said.out
    # So is what whoever runs us does.
    (outside / "ours.yaml").write_text(LOCK, encoding="utf-8")
    assert "root-user]" not in program("check", "--policy", ours, "--exclude", "Dockerfile").out


def test_standard_input_that_stands_for_an_excluded_file_is_judged_as_well(
    program: Program, repository: Repository, ours: str
) -> None:
    repository.write(".imagelint.yaml", "exclude: [Dockerfile]\n")
    chosen = ("check", "-", "--stdin-filename", "Dockerfile", "--policy", ours)
    assert program(*chosen, stdin=ROOT.encode()).code == 1


def test_an_object_of_the_commit_cannot_be_replaced(
    program: Program, repository: Repository
) -> None:
    repository.commit(_imagelint_yaml=STRICT, Dockerfile=ROOT)
    strict = repository.git("rev-parse", "HEAD:.imagelint.yaml")
    repository.write("lax.yaml", LAX)
    lax = repository.git("hash-object", "-w", "lax.yaml")
    repository.git("replace", strict, lax)
    assert repository.git("show", "HEAD:.imagelint.yaml") in LAX
    assert program("check", "Dockerfile", "--policy-from", "HEAD").code == 1


def test_a_policy_that_is_a_link_at_the_commit_is_followed_within_it(
    program: Program, repository: Repository
) -> None:
    repository.write("ci/policy.yaml", STRICT)
    Path(".imagelint.yaml").symlink_to("ci/policy.yaml")
    repository.commit(Dockerfile=ROOT)
    repository.write("ci/policy.yaml", LAX)
    assert program("check").code == 0
    assert program("check", "--policy-from", "HEAD").code == 1


@pytest.mark.parametrize(
    ("target", "part"),
    [
        ("../organisation/ours.yaml", "is a link that leads out of the repository"),
        ("/etc/passwd", "is a link that leads out of the repository"),
        ("nothing.yaml", "there is no nothing.yaml at HEAD"),
        (".imagelint.yaml", "is a link to links"),
        ("ci", "there is no ci at HEAD"),
    ],
)
def test_a_policy_that_is_a_link_elsewhere_is_an_error(
    program: Program, repository: Repository, ours: str, target: str, part: str
) -> None:
    assert ours
    Path(".imagelint.yaml").symlink_to(target)
    repository.commit(Dockerfile=GOOD, ci__a="")
    said = program("check", "Dockerfile", "--policy-from", "HEAD")
    assert said.code == 2
    assert part in said.err


def test_what_lies_in_another_repository_is_not_judged_by_the_commit(
    program: Program, repository: Repository, outside: Path
) -> None:
    repository.commit(_imagelint_yaml=STRICT, Dockerfile=GOOD)
    (outside / "Dockerfile").write_text(GOOD, encoding="utf-8")
    said = program("check", ".", str(outside), "--policy-from", "HEAD")
    assert (said.code, "it lies outside of" in said.err) == (2, True)


def test_a_repository_within_the_tree_is_judged_by_the_commit_as_well(
    program: Program, repository: Repository
) -> None:
    repository.commit(_imagelint_yaml=STRICT, Dockerfile=GOOD)
    repository.write("module/Dockerfile", ROOT)
    repository.write("module/.imagelint.yaml", LAX)
    repository.git("init", "-q", "module")
    assert program("check", "module/Dockerfile", ".").code == 0
    assert program("check", ".", "module/Dockerfile", "--policy-from", "HEAD").code == 1


def test_a_policy_that_is_no_file_any_more_is_an_error(
    program: Program, repository: Repository
) -> None:
    repository.commit(_imagelint_yaml=STRICT, Dockerfile=ROOT)
    Path(".imagelint.yaml").unlink()
    os.mkfifo(".imagelint.yaml")
    assert program("check", "Dockerfile", "--policy-from", "HEAD").code == 2


def test_who_is_believed_is_locked_with_who_may_sign(repository: Repository, outside: Path) -> None:
    signers = "environment: {signers: [{name: a, identity: b, issuer: c}]}\n"
    (outside / "ours.yaml").write_text(f"{LOCK}{signers}", encoding="utf-8")
    repository.write(".imagelint.yaml", "environment: {trusted-root: mine.json}\n")
    request = TrustRequest(paths=(".",))
    held = Policies([str(outside / "ours.yaml")], Policy(), set(), request=request).of(".")
    assert held.environment.trusted_root is None
    assert held.environment.signers[0].identity == "b"


def test_a_policy_outside_has_its_keys_beside_it(repository: Repository, outside: Path) -> None:
    signers = "environment: {signers: [{name: a, key: a.pub}, {name: b, key: env://B}]}\n"
    (outside / "ours.yaml").write_text(signers, encoding="utf-8")
    repository.write("a.pub", "another key")
    request = TrustRequest(paths=(".",))
    held = Policies([str(outside / "ours.yaml")], Policy(), set(), request=request).of(".")
    first, second = held.environment.signers
    assert first.key == str(outside / "a.pub")
    assert second.key == "env://B"
