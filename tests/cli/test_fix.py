from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from tests.cli.projects import write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

BAD = "FROM debian:12.7\nRUN apt-get update && apt-get install -y ffmpeg\nUSER 1000\n"
FIXED = BAD.replace("install -y", "install --no-install-recommends -y")
RULE = ("--rule", "apt-recommends", "--policy", "strict")


def test_an_unsafe_fix_is_made_only_when_it_is_asked_for(program: Program, here: Path) -> None:
    write(here, Dockerfile=BAD)
    answer = program("fix", *RULE)
    assert answer.code == 0
    assert answer.out == ""
    assert answer.err == (
        "0 findings mended in 0 files\n"
        " note: 1 more may change behaviour: see them with `imagelint fix --unsafe --diff`\n"
    )
    assert (here / "Dockerfile").read_text(encoding="utf-8") == BAD

    answer = program("fix", *RULE, "--unsafe")
    assert answer.code == 0
    assert answer.out == "fixed Dockerfile:2:31 apt-recommends: add --no-install-recommends\n"
    assert answer.err == "1 finding mended in 1 file\n"
    assert (here / "Dockerfile").read_text(encoding="utf-8") == FIXED
    assert program("fix", *RULE, "--unsafe", "--quiet") == (0, "", "")


def test_a_diff_changes_nothing(program: Program, here: Path) -> None:
    write(here, Dockerfile=BAD.rstrip("\n"))
    answer = program("fix", *RULE, "--unsafe", "--diff")
    assert answer.code == 0
    assert answer.out == (
        "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1,3 +1,3 @@\n FROM debian:12.7\n"
        "-RUN apt-get update && apt-get install -y ffmpeg\n"
        "+RUN apt-get update && apt-get install --no-install-recommends -y ffmpeg\n"
        " USER 1000\n\\ No newline at end of file\n"
    )
    assert (here / "Dockerfile").read_text(encoding="utf-8") == BAD.rstrip("\n")


def test_a_check_fails_while_there_is_something_to_mend(program: Program, here: Path) -> None:
    write(here, Dockerfile=BAD)
    answer = program("fix", *RULE, "--unsafe", "--check")
    assert answer.code == 1
    assert answer.out == "would fix Dockerfile:2:31 apt-recommends: add --no-install-recommends\n"
    assert program("fix", *RULE, "--check").code == 0
    write(here, Dockerfile=FIXED)
    assert program("fix", *RULE, "--unsafe", "--check").code == 0


@pytest.mark.parametrize("command", ["fix", "pin"])
def test_a_check_of_nothing_is_incomplete(program: Program, here: Path, command: str) -> None:
    untold = "incomplete: no file was examined\n"
    for name, text in (("notes.txt", "nothing\n"), (".imagelint.yaml", "extends: [strict]\n")):
        answer = program(command, "--check", "--quiet")
        assert (answer.code, answer.err) == (3, untold)
        (here / name).write_text(text, encoding="utf-8")
    answer = program(command, "--check", "--quiet")
    assert (answer.code, answer.err) == (3, untold)
    assert program("check").code == 3
    assert program(command, "--quiet").code == 0
    write(here, Dockerfile="FROM scratch\n")
    assert program(command, "--check", "--quiet").code == 0


def test_candidates_may_be_nothing(program: Program, here: Path) -> None:
    write(here, notes="nothing\n")
    assert program("fix", "--check", "--quiet", "--candidates", "notes").code == 0


def test_a_diff_shows_no_secret(program: Program, here: Path) -> None:
    secret = "correct-horse-battery"  # noqa: S105 - it is nobody's
    write(here, Dockerfile=BAD + f"ENV DB_PASSWORD={secret}\n")
    answer = program("fix", *RULE, "--unsafe", "--diff")
    assert " ENV DB_PASSWORD=" in answer.out
    assert secret not in answer.out + answer.err
    assert program("fix", *RULE, "--unsafe").code == 0
    assert secret in (here / "Dockerfile").read_text(encoding="utf-8")


def test_line_ends_mode_and_links_are_kept(program: Program, here: Path) -> None:
    (here / "real").mkdir()
    file = here / "real" / "Dockerfile"
    file.write_bytes(BAD.replace("\n", "\r\n").encode())
    file.chmod(0o640)
    (here / "Dockerfile").symlink_to("real/Dockerfile")
    assert program("fix", *RULE, "--unsafe", "Dockerfile").code == 0
    assert file.read_bytes() == FIXED.replace("\n", "\r\n").encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert (here / "Dockerfile").is_symlink()
    assert [each.name for each in (here / "real").iterdir()] == ["Dockerfile"]


def test_a_file_that_is_not_utf8_is_left_alone(program: Program, here: Path) -> None:
    content = BAD.encode() + b"# caf\xe9\n"
    (here / "Dockerfile").write_bytes(content)
    answer = program("fix", *RULE, "--unsafe")
    assert answer.code == 3
    assert "Dockerfile: is not UTF-8 throughout: it is left alone\n" in answer.err
    assert (here / "Dockerfile").read_bytes() == content


def test_what_is_allowed_is_left_as_it_is(program: Program, here: Path) -> None:
    allowed = BAD.replace("RUN", "# imagelint: allow apt-recommends -- all of it is wanted\nRUN")
    write(here, Dockerfile=allowed)
    assert program("fix", *RULE, "--unsafe", "--check").code == 0


@pytest.mark.usefixtures("here")
def test_standard_input_goes_to_standard_output(program: Program) -> None:
    arguments = ("fix", *RULE, "--unsafe", "-", "--stdin-filename", "Dockerfile")
    assert program(*arguments, stdin=BAD.encode()) == (0, FIXED, "")
    assert program(*arguments, stdin=FIXED.encode()) == (0, FIXED, "")
    assert program(*arguments, "--check", stdin=BAD.encode()).code == 1
    assert program(*arguments, "Dockerfile", stdin=BAD.encode()).code == 2


@pytest.mark.parametrize(
    ("answers", "expected"), [("y\nn\n", 1), ("a\n", 2), ("q\n", 0), ("n\ny\n", 1)]
)
def test_each_fix_is_asked_about(program: Program, here: Path, answers: str, expected: int) -> None:
    twice = BAD.replace("USER", "RUN apt-get update && apt-get install -y git\nUSER")
    write(here, Dockerfile=twice)
    answer = program("fix", *RULE, "--unsafe", "--interactive", stdin=answers.encode())
    assert answer.code == 0
    assert answer.out.count("fixed Dockerfile") == expected
    text = (here / "Dockerfile").read_text(encoding="utf-8")
    assert text.count("--no-install-recommends") == expected
    assert "-RUN apt-get update && apt-get install -y ffmpeg\n" in answer.err


def test_only_the_named_rules_mend(program: Program, here: Path) -> None:
    write(here, Dockerfile=BAD)
    assert program("fix", "--rule", "root-user", "--unsafe").err == "0 findings mended in 0 files\n"
    assert program("fix", "--rule", "packages", "--unsafe").out.startswith("fixed Dockerfile")
    assert program("fix", "--rule", "no-such-rule").code == 2
