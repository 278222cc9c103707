"""What the examined files allow that they did not allow at a commit, with real files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from imagelint.run.trust import additions

if TYPE_CHECKING:
    from tests.conftest import Program
    from tests.trust.conftest import Repository

POLICY = "extends: [baseline]\nrules: {root-user: high}\n"
PLAIN = 'FROM alpine:3.20.3\nCMD ["sh"]\n'
ALLOW = "# imagelint: allow root-user in file -- binds port 80\n"


class Added:
    """What is told of a repository by comparison with a commit."""

    def __init__(self, program: Program, repository: Repository) -> None:
        self._program = program
        self.repository = repository

    def told(self, *arguments: str) -> list[str]:
        """The rules of the family, and where they speak."""
        given = ("--policy-from", "main", "--format", "json", *arguments)
        report = json.loads(self._program("check", *given).out)
        return [
            f"{found['rule']} {found['location']['origin']}:{found['location']['start']['line']}"
            for found in report["findings"]
            if found["rule"] in ("added-allowance", "grown-baseline", "excluded-file")
        ]


@pytest.fixture
def added(program: Program, repository: Repository) -> Added:
    """A repository with a Dockerfile on its main branch, on another one now."""
    repository.commit(_imagelint_yaml=POLICY, Dockerfile=PLAIN)
    repository.git("checkout", "-q", "-b", "change")
    return Added(program, repository)


def test_nothing_is_told_where_nothing_was_added(added: Added) -> None:
    assert added.told() == []
    added.repository.write("Dockerfile", f"{PLAIN}EXPOSE 80\n")
    assert added.told() == []


@pytest.mark.parametrize("committed", [False, True])
def test_an_allowance_is_told_before_it_is_committed_and_behind(
    added: Added, *, committed: bool
) -> None:
    added.repository.write("Dockerfile", ALLOW + PLAIN)
    if committed:
        added.repository.commit()
    assert added.told() == ["added-allowance Dockerfile:1"]
    assert added.told("Dockerfile") == ["added-allowance Dockerfile:1"]


def test_a_new_file_is_compared_as_well(added: Added) -> None:
    added.repository.write("svc/Dockerfile", ALLOW + PLAIN)
    assert added.told() == ["added-allowance svc/Dockerfile:1"]


def test_what_a_file_says_of_itself_does_not_hide_an_allowance(added: Added) -> None:
    also = "# imagelint: allow added-allowance in file -- nobody need know\n"
    added.repository.write("Dockerfile", also + ALLOW + PLAIN)
    assert "added-allowance Dockerfile:2" in added.told()


def test_attributes_of_the_tree_do_not_hide_an_allowance(added: Added) -> None:
    added.repository.write(".gitattributes", "* -text -diff binary filter=none eol=crlf\n")
    added.repository.write("Dockerfile", (ALLOW + PLAIN).replace("\n", "\r\n"))
    assert added.told() == ["added-allowance Dockerfile:1"]


def test_other_ends_of_lines_are_no_other_allowances(added: Added) -> None:
    repository = added.repository
    repository.git("checkout", "-q", "main")
    repository.commit(Dockerfile=ALLOW + PLAIN)
    repository.git("checkout", "-q", "-B", "change")
    repository.write("Dockerfile", (ALLOW + PLAIN).replace("\n", "\r\n"))
    assert added.told() == []


def test_a_link_that_leads_to_another_file_now_is_told(added: Added) -> None:
    repository = added.repository
    repository.git("checkout", "-q", "main")
    repository.write("a.txt", PLAIN)
    repository.write("b.txt", ALLOW + PLAIN)
    (repository.folder / "Containerfile").symlink_to("a.txt")
    repository.commit()
    repository.git("checkout", "-q", "-B", "change")
    assert added.told() == []
    (repository.folder / "Containerfile").unlink()
    (repository.folder / "Containerfile").symlink_to("b.txt")
    assert added.told() == ["added-allowance Containerfile:1"]


def test_a_file_that_was_unreadable_allowed_nothing(added: Added) -> None:
    repository = added.repository
    repository.git("checkout", "-q", "main")
    (repository.folder / "Dockerfile").write_bytes(b"FROM \xff\x00\n" + ALLOW.encode())
    repository.commit()
    repository.git("checkout", "-q", "-B", "change")
    repository.write("Dockerfile", ALLOW + PLAIN)
    assert added.told() == ["added-allowance Dockerfile:1"]


def test_more_than_can_be_compared_is_a_problem(
    added: Added, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(additions, "MOST_COMPARED", 1)
    added.repository.write("a/Dockerfile", f"{ALLOW}{PLAIN}USER 1\n")
    assert len(added.told()) == 1
    added.repository.write("b/Dockerfile", f"{ALLOW}{PLAIN}USER 1\n")
    assert "more than 1 files are others" in program("check", "--policy-from", "main").out


def test_a_baseline_of_the_policy_that_has_grown_is_told(added: Added, program: Program) -> None:
    repository = added.repository
    repository.git("checkout", "-q", "main")
    program("check", "--write-baseline", "b.json")
    repository.commit(_imagelint_yaml=f"{POLICY}baseline: b.json\n")
    repository.git("checkout", "-q", "-B", "change")
    assert added.told() == []
    repository.write("svc/Dockerfile", PLAIN)
    assert program("check", "--policy-from", "main").code == 1
    program("check", "--write-baseline", "b.json")
    assert [each.partition(":")[0] for each in added.told()] == ["grown-baseline b.json"]
    assert program("check", "--policy-from", "main").code == 1


def test_a_baseline_of_the_command_line_that_has_grown_is_told(
    added: Added, program: Program
) -> None:
    program("check", "--write-baseline", "b.json")
    added.repository.git("checkout", "-q", "main")
    added.repository.commit()
    added.repository.git("checkout", "-q", "-B", "change")
    added.repository.write("svc/Dockerfile", PLAIN)
    program("check", "--write-baseline", "b.json")
    told = added.told("--baseline", "b.json")
    assert [each.partition(":")[0] for each in told] == ["grown-baseline b.json"]
    added.repository.write("b.json", "{")
    assert added.told("--baseline", "b.json") == []


def test_the_level_is_that_of_the_trusted_policy(added: Added, program: Program) -> None:
    repository = added.repository
    repository.git("checkout", "-q", "main")
    repository.commit(_imagelint_yaml="extends: [baseline]\nrules: {added-allowance: critical}\n")
    repository.git("checkout", "-q", "-B", "change")
    repository.write("Dockerfile", ALLOW + PLAIN)
    repository.write(".imagelint.yaml", "rules: {added-allowance: off}\n")
    assert program("check", "--policy-from", "main").code == 1


def test_without_a_commit_nothing_is_compared(added: Added, program: Program) -> None:
    added.repository.write("Dockerfile", ALLOW + PLAIN)
    assert "added-allowance" not in program("check", "--format", "concise").out


def test_files_that_are_hidden_now_are_told(added: Added) -> None:
    added.repository.write(".imagelint.yaml", f"{POLICY}exclude: ['*.md', Dockerfile]\n")
    assert added.told() == ["excluded-file .imagelint.yaml:3"]
    added.repository.write(".imagelint.yaml", f"{POLICY}exclude: ['*.md']\n")
    assert added.told() == []


def test_files_that_a_policy_of_a_folder_hides_are_told(added: Added) -> None:
    added.repository.git("checkout", "-q", "main")
    added.repository.commit(svc__Dockerfile=PLAIN)
    added.repository.git("checkout", "-q", "-B", "change")
    added.repository.write("svc/.imagelint.yaml", "exclude: ['**']\n")
    assert added.told() == ["excluded-file svc/.imagelint.yaml:1"]


TERMS = "inline: up-to low, waiver-days: 30, approvers: [a], files: [s/*], never: [secrets]"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("inline: on, waiver-days: 30, approvers: [a], files: [s/*], never: [secrets]", "`inline`"),
        ("inline: off, waiver-days: 31, approvers: [a], files: [s/*], never: [secrets]", "`waiver"),
        ("inline: off, approvers: [a], files: [s/*], never: [secrets]", "`waiver-days`"),
        ("inline: off, waiver-days: 3, approvers: [a, b], files: [s/*], never: [secrets]", "`app"),
        ("inline: off, waiver-days: 3, approvers: [a], never: [secrets]", "`files`"),
        ("inline: off, waiver-days: 3, approvers: [a], files: [s/*], never: [syntax]", "`never`"),
        (f"{TERMS}, foreign: off", ""),
        ("inline: off, waiver-days: 3, approvers: [], files: [], never: [secrets, syntax]", ""),
    ],
)
def test_other_terms_for_allowances_are_told_if_they_are_wider(
    added: Added, program: Program, said: str, told: str
) -> None:
    repository = added.repository
    repository.git("checkout", "-q", "main")
    repository.commit(_imagelint_yaml=f"{POLICY}allowances: {{{TERMS}}}\nallowed: 2\n")
    repository.git("checkout", "-q", "-B", "change")
    repository.write(".imagelint.yaml", f"{POLICY}allowances: {{{said}}}\nallowed: 1\n")
    out = program("check", "--policy-from", "main", "--format", "concise").out
    found = [line for line in out.splitlines() if "policy-weakened" in line]
    assert len(found) == bool(told)
    assert all(line.startswith(".imagelint.yaml:3") and told in line for line in found)


@pytest.mark.parametrize(("now", "told"), [("allowed: 3", True), ("", True), ("allowed: 0", False)])
def test_another_number_that_may_be_allowed_is_told_if_it_is_higher(
    added: Added, program: Program, now: str, *, told: bool
) -> None:
    repository = added.repository
    repository.git("checkout", "-q", "main")
    repository.commit(_imagelint_yaml=f"{POLICY}allowed: 2\n")
    repository.git("checkout", "-q", "-B", "change")
    repository.write(".imagelint.yaml", f"{POLICY}{now}\n")
    out = program("check", "--policy-from", "main", "--format", "concise").out
    assert ("`allowed` is" in out) is told
