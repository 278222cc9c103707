"""Which of the tree's allowances a trusted policy accepts, with real files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program
    from tests.trust.conftest import Repository

BASE = "extends: [baseline]\nrules: {root-user: high}\n"
LOCKED = BASE + "lock: {rules: {root-user: high}}\n"
OPEN = BASE + "lock: {fail-on: high}\n"
PLAIN = 'FROM alpine:3.20.3\nCMD ["sh"]\n'
INLINE = f"# imagelint: allow root-user in file -- binds port 80\n{PLAIN}"
FOREIGN = 'FROM alpine:3.20.3\n# hadolint global ignore=DL3002\nUSER root\nCMD ["sh"]\n'
WAIVER = "waivers: [{rule: root-user, reason: so, until: 2999-01-01}]\n"
EXEMPT = "rules: {root-user: {exempt: [Dockerfile]}}\n"
WAYS = {
    "inline": (INLINE, ""),
    "foreign": (FOREIGN, ""),
    "waivers": (PLAIN, WAIVER),
    "exemptions": (PLAIN, EXEMPT),
    "baselines": (PLAIN, "baseline: b.json\n"),
}


class Tree:
    """A repository that a policy from outside judges."""

    def __init__(self, program: Program, repository: Repository, outside: Path) -> None:
        self._program = program
        self._policy = outside / "org.yaml"
        self._repository = repository

    def write(self, way: str) -> None:
        """Files that allow what is found in them in one way."""
        dockerfile, policy = WAYS[way]
        self._repository.write("Dockerfile", PLAIN)
        self._repository.write(".imagelint.yaml", BASE)
        if way == "baselines":
            self._program("check", "--write-baseline", "b.json")
        self._repository.write("Dockerfile", dockerfile)
        self._repository.write(".imagelint.yaml", policy)

    def judged(self, trusted: str) -> tuple[int, list[str], list[str]]:
        """The exit code, the notes of the findings that stand, and the rules."""
        self._policy.write_text(trusted, encoding="utf-8")
        done = self._program("check", "--policy", str(self._policy), "--format", "json")
        report = json.loads(done.out)
        notes = [note["message"] for found in report["findings"] for note in found["notes"]]
        return done.code, notes, [found["rule"] for found in report["findings"]]


@pytest.fixture
def tree(program: Program, repository: Repository, outside: Path) -> Tree:
    """A repository without files yet."""
    return Tree(program, repository, outside)


@pytest.mark.parametrize("way", WAYS)
def test_what_nothing_is_said_about_counts_unless_the_rule_is_locked(tree: Tree, way: str) -> None:
    tree.write(way)
    assert tree.judged(OPEN)[0] == 0
    code, notes, _ = tree.judged(LOCKED)
    assert code == 1
    assert any("is not accepted: `root-user` is locked" in note for note in notes)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_off_does_not_count_and_is_told(tree: Tree, way: str) -> None:
    tree.write(way)
    code, notes, _ = tree.judged(f"{OPEN}allowances: {{{way}: off}}\n")
    assert code == 1
    assert any("do not count" in note and "org.yaml:4" in note for note in notes)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_said_to_count_counts_though_the_rule_is_locked(tree: Tree, way: str) -> None:
    tree.write(way)
    assert tree.judged(f"{LOCKED}allowances: {{{way}: on}}\n")[0] == 0
    assert tree.judged(f"{LOCKED}allowances: {{{way}: up-to high}}\n")[0] == 0
    assert tree.judged(f"{LOCKED}allowances: {{{way}: up-to medium}}\n")[0] == 1
    assert tree.judged(f"{LOCKED}allowances: {{{way}: on, never: [images]}}\n")[0] == 1
    others = ", ".join(f"{other}: on" for other in WAYS if other != way)
    assert tree.judged(f"{LOCKED}allowances: {{{others}}}\n")[0] == 1


def test_comments_are_judged_where_the_policy_judges_alone(tree: Tree) -> None:
    tree.write("inline")
    assert tree.judged(BASE)[0] == 0
    assert tree.judged(f"{BASE}allowances: {{inline: off}}\n")[0] == 1


def test_secrets_are_never_allowed_where_a_trusted_policy_speaks_of_allowances(
    tree: Tree, repository: Repository
) -> None:
    leak = "# imagelint: allow secret-value -- it is old\n"
    token = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
    repository.write("Dockerfile", f"FROM alpine:3.20.3\n{leak}ENV A={token}\nUSER 10001\n")
    assert "secret-value" not in tree.judged(OPEN)[2]
    assert "secret-value" in tree.judged(f"{OPEN}allowances: {{inline: on}}\n")[2]
    assert "secret-value" not in tree.judged(f"{OPEN}allowances: {{never: []}}\n")[2]


def test_the_tree_cannot_widen_what_is_accepted(tree: Tree, repository: Repository) -> None:
    tree.write("inline")
    repository.write(".imagelint.yaml", "allowances: {inline: on, never: []}\nallowed: 9\n")
    assert tree.judged(f"{OPEN}allowances: {{inline: off}}\n")[0] == 1
    assert tree.judged(f"{OPEN}allowed: 0\n")[0] == 1


def test_the_tree_can_tighten_what_is_accepted(tree: Tree, repository: Repository) -> None:
    tree.write("inline")
    assert tree.judged(f"{OPEN}allowances: {{inline: on}}\n")[0] == 0
    repository.write(".imagelint.yaml", "allowances: {inline: off}\n")
    assert tree.judged(f"{OPEN}allowances: {{inline: on}}\n")[0] == 1
    repository.write(".imagelint.yaml", "allowed: 0\n")
    assert tree.judged(f"{OPEN}allowances: {{inline: on}}\n")[0] == 1


def test_only_files_that_are_named_may_waive(tree: Tree, repository: Repository) -> None:
    trusted = f"{LOCKED}allowances: {{waivers: on, files: ['security/*.yaml']}}\n"
    repository.write("Dockerfile", PLAIN)
    repository.write("security/waivers.yaml", f"extends: []\n{WAIVER}")
    repository.write(".imagelint.yaml", "extends: [security/waivers.yaml]\n")
    assert tree.judged(trusted)[0] == 0
    repository.write("sub/security/waivers.yaml", f"extends: []\n{WAIVER}")
    repository.write(".imagelint.yaml", "extends: [sub/security/waivers.yaml]\n")
    assert tree.judged(trusted)[0] == 1
    repository.write(".imagelint.yaml", WAIVER)
    assert tree.judged(trusted)[0] == 1


def test_a_link_does_not_bring_a_waiver_to_a_place_where_it_counts(
    tree: Tree, repository: Repository
) -> None:
    trusted = f"{LOCKED}allowances: {{waivers: on, files: ['security/*.yaml']}}\n"
    repository.write("Dockerfile", PLAIN)
    repository.write("evil.yaml", f"extends: []\n{WAIVER}")
    (repository.folder / "security").mkdir()
    (repository.folder / "security/waivers.yaml").symlink_to("../evil.yaml")
    repository.write(".imagelint.yaml", "extends: [security/waivers.yaml]\n")
    assert tree.judged(trusted)[0] == 1


def test_the_limit_holds_for_the_whole_run(tree: Tree, repository: Repository) -> None:
    for folder in ("a", "b"):
        repository.write(f"{folder}/Dockerfile", INLINE)
        repository.write(f"{folder}/.imagelint.yaml", "name: own\n")
    assert tree.judged(f"{OPEN}allowed: 2\n")[0] == 0
    assert tree.judged(f"{OPEN}allowed: 1\n")[0] == 1


def test_what_the_trusted_policy_allows_itself_is_its_own_affair(
    tree: Tree, repository: Repository
) -> None:
    repository.write("Dockerfile", PLAIN)
    own = f"{OPEN}{WAIVER}allowed: 0\nallowances: {{waivers: off}}\n"
    assert tree.judged(own)[0] == 0
    repository.write("Dockerfile", INLINE)
    assert tree.judged(own)[0] == 1


def test_the_reason_says_how_many_may_be_allowed(program: Program, repository: Repository) -> None:
    repository.write("Dockerfile", INLINE)
    repository.write(".imagelint.yaml", f"{BASE}allowed: 0\n")
    done = program("check")
    assert done.code == 1
    assert "1 allowed finding, at most 0 may be (.imagelint.yaml:3)" in done.out


def test_what_is_remembered_is_judged_by_the_terms_of_now(
    program: Program, repository: Repository
) -> None:
    repository.write("Dockerfile", INLINE)
    for said, code in (("on", 0), ("off", 1), ("up-to high", 0), ("up-to low", 1)):
        repository.write(".imagelint.yaml", f"{BASE}allowances: {{inline: {said}}}\n")
        assert [program("check").code for _ in range(2)] == [code, code]
    repository.write(".imagelint.yaml", f"# moved\n{BASE}allowances: {{inline: up-to low}}\n")
    assert "(.imagelint.yaml:4)" in program("check").out
