"""Whatever lies in a folder: a clear message, the right code, all else examined, no traceback."""

from __future__ import annotations

import errno
import json
import os
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from imagelint.cli.options.formats import FORMATS
from tests.cli.projects import DIGEST, GOOD, POD, ROOT, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Program

HANG_SECONDS = 120  # far beyond a machine's bad day: this is about hanging, not about speed

DEEP = 10_000
LEVELS = 30
RULES = ("--policy", "strict")
OBJECT = "apiVersion: v1\nkind: Pod\n"


def bomb(prefix: str = "") -> str:
    """Aliases that stand for 9 to the power of 30 nodes."""
    lines = (
        f"{prefix}{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n"
        for level in range(1, LEVELS)
    )
    return f"{prefix}0: &a0 [x, x, x]\n{''.join(lines)}"


def merges() -> str:
    lines = ["m0: &m0 {k: v}"]
    for level in range(1, LEVELS):
        below = ", ".join([f"*m{level - 1}"] * 9)
        lines.append(f"m{level}: &m{level} {{<<: [{below}], k{level}: v}}")
    return "\n".join(lines) + "\n"


class Bad(NamedTuple):
    """A file that cannot be examined, and what is said about it."""

    name: str
    content: bytes
    said: str


UNREADABLE = (
    Bad("Dockerfile", b"\x7fELF\0\0FROM a\n", "is a binary file"),
    Bad("a.yaml", b"kind: Pod\0", "is a binary file"),
    Bad("Dockerfile", ROOT.encode("utf-16"), "is UTF-16, not UTF-8"),
    Bad("Dockerfile", ROOT.encode("utf-16-le"), "is a binary file"),
    Bad("a.yaml", f"{OBJECT}spec: {'[' * DEEP}{']' * DEEP}".encode(), "levels deep"),
    Bad("a.yaml", f"{OBJECT}spec: {'{a: ' * DEEP}1{'}' * DEEP}".encode(), "levels deep"),
    Bad("a.yaml", f"{OBJECT}spec:\n  {'- ' * DEEP}a".encode(), "levels deep"),
    Bad("a.yaml", f"{OBJECT}spec: {'[' * DEEP}".encode(), "levels deep"),
    Bad(
        "a.yaml",
        (OBJECT + "spec:\n" + "".join(f"{' ' * i}a:\n" for i in range(1, 1500))).encode(),
        "levels deep",
    ),
    Bad(
        "a.json",
        f'{{"apiVersion": "v1", "kind": "Pod", "spec": {"[" * DEEP}{"]" * DEEP}}}'.encode(),
        "levels deep",
    ),
    Bad(
        "a.json",
        f'{{"apiVersion": "v1", "kind": "Pod", "spec": {"{" + chr(34) + "a" + chr(34) + ":"}'
        f"{'[' * DEEP}".encode(),
        "levels deep",
    ),
    Bad("compose.yaml", f"services:\n  a:\n    image: {'[' * DEEP}".encode(), "levels deep"),
    Bad("a.yaml", f"{OBJECT}{bomb('a')}spec: *a29\n".encode(), "aliases expand"),
    Bad("a.yaml", f"{OBJECT}{merges()}spec: *m29\n".encode(), "aliases expand"),
    Bad(
        "compose.yaml",
        f"{bomb('x-')}services:\n  a: {{image: b, command: *a29}}\n".encode(),
        "aliases expand",
    ),
    Bad("a.yaml", f"{OBJECT}spec: &a [*a]\n".encode(), "alias"),
    Bad("a.yaml", f"{OBJECT}spec: {{a: [}}\n".encode(), "YAML"),
    Bad("a.yaml", f"{{{{- if .x }}}}\n{POD}{{{{ end }}}}\n".encode(), "template"),
)


@pytest.mark.parametrize("bad", UNREADABLE, ids=lambda bad: f"{bad.name}-{bad.said}")
def test_what_cannot_be_examined_is_said_and_the_rest_is_examined(
    program: Program, here: Path, bad: Bad
) -> None:
    (here / bad.name).write_bytes(bad.content)
    write(here, good__Dockerfile=GOOD)
    answer = program("check", *RULES)
    assert answer.code == 3, answer.out
    assert bad.said in answer.out
    assert bad.name in answer.out
    assert "examined 1 document" in answer.out
    assert answer.err == ""
    assert len(answer.out) < 3000


def test_a_file_of_100_mb_is_not_read(program: Program, here: Path) -> None:
    with (here / "Dockerfile").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    write(here, good__Dockerfile=GOOD)
    started = time.monotonic()
    answer = program("check", *RULES)
    assert time.monotonic() - started < HANG_SECONDS
    assert answer.code == 3
    assert "has 104,857,600 bytes" in answer.out
    assert "exclude it in the policy" in answer.out
    assert "examined 1 document" in answer.out


def test_bytes_that_are_not_utf8_cost_only_themselves(program: Program, here: Path) -> None:
    (here / "Dockerfile").write_bytes(b"# caf\xe9\n" + ROOT.encode())
    answer = program("check", *RULES, "--format", "json")
    assert answer.code == 1
    report = json.loads(answer.out)
    assert "is not valid UTF-8: byte 6 in line 1" in report["problems"][0]["detail"]
    assert report["findings"][0]["rule"] == "root-user"


@pytest.mark.parametrize("name", ["Dockerfile", "a.yaml", "compose.yaml", "requirements.txt"])
@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n", b"\r\n", b"#", b"\\", b"---\n"])
def test_next_to_nothing_is_no_defect(
    program: Program, here: Path, name: str, content: bytes
) -> None:
    (here / name).write_bytes(content)
    assert program("check", *RULES, name).code in {0, 1, 3}


# -- Names and kinds of files ------------------------------------------------------------------


def test_links_in_circles_are_not_followed(program: Program, here: Path) -> None:
    write(here, good__Dockerfile=GOOD)
    (here / "Dockerfile").symlink_to("Dockerfile")
    (here / "a").symlink_to("b")
    (here / "b").symlink_to("a")
    (here / "good/up").symlink_to("..")
    answer = program("check", *RULES)
    assert answer.code == 3
    assert answer.out.count("is a link that leads to nothing") == 1
    answer = program("check", *RULES, "Dockerfile", "a", "good")
    assert answer.code == 3
    assert answer.out.count("is a link that leads to nothing") == 2
    assert "examined 1 document" in answer.out


def test_pipes_and_devices_are_not_read(program: Program, here: Path) -> None:
    write(here, good__Dockerfile=GOOD)
    os.mkfifo(here / "Dockerfile")
    assert program("check", *RULES).code == 3
    os.mkfifo(here / "good/notes")  # no name of a file that would be examined
    assert program("check", *RULES, "good").code == 0
    answer = program("check", *RULES, "Dockerfile", "/dev/zero", "good")
    assert answer.code == 3
    assert answer.out.count("not a regular file") == 2
    assert "examined 1 document" in answer.out


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Make a file or folder unreadable, also for the superuser."""
    open_file, scan = os.open, os.scandir

    def lock(path: Path) -> None:
        def refused(asked: str) -> bool:
            return os.path.realpath(asked) == str(path)

        def opened(asked: str, flags: int) -> int:
            if refused(asked):
                raise PermissionError(errno.EACCES, "Permission denied", asked)
            return open_file(asked, flags)

        def scanned(asked: str) -> object:
            if refused(asked):
                raise PermissionError(errno.EACCES, "Permission denied", asked)
            return scan(asked)

        monkeypatch.setattr(os, "open", opened)
        monkeypatch.setattr(os, "scandir", scanned)

    return lock


def test_what_may_not_be_read_is_said(
    program: Program, here: Path, locked: Callable[[Path], None]
) -> None:
    write(here, Dockerfile=GOOD, good__Dockerfile=GOOD)
    locked(here / "Dockerfile")
    answer = program("check", *RULES, "--no-cache")
    assert answer.code == 3
    assert "permission denied" in answer.out
    assert "examined 1 document" in answer.out


def test_a_folder_that_may_not_be_listed_is_said(
    program: Program, here: Path, locked: Callable[[Path], None]
) -> None:
    write(here, Dockerfile=GOOD, closed__Dockerfile=GOOD)
    locked(here / "closed")
    answer = program("check", *RULES, "--no-cache")
    assert answer.code == 3
    assert "closed" in answer.out
    assert "cannot be listed: permission denied" in answer.out
    assert "examined 1 document" in answer.out


def test_a_missing_path_is_said(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD)
    answer = program("check", *RULES, "nowhere", "Dockerfile", "Dockerfile/inside")
    assert answer.code == 3
    assert answer.out.count("no such file or folder") == 2
    assert "examined 1 document" in answer.out


def test_of_many_missing_paths_only_some_are_guessed(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD)
    missing = [f"Dockerfil{number:03}" for number in range(30)]
    answer = program("check", *RULES, *missing)
    assert answer.code == 3
    assert answer.out.count("no such file or folder") == 30
    assert answer.out.count("did you mean `Dockerfile`") == 20


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"Dockerfile.\x1b[31mred", "Dockerfile."),
        (b"Dockerfile.\xe2\x80\xaegnp", "Dockerfile."),
        (b"Dockerfile.\xff\xfe", "Dockerfile."),
        (b"caf\xe9\n/Dockerfile", "/Dockerfile"),
        (b"--format=json/Dockerfile", "--format=json/Dockerfile"),
        (b"a b/Dockerfile", "a b/Dockerfile"),
        ("漢字/Dockerfile".encode(), "漢字/Dockerfile"),
    ],
)
@pytest.mark.parametrize("form", FORMATS)
def test_strange_names_are_shown_harmlessly(  # noqa: PLR0913, PLR0917 - a table
    program: Program,
    here: Path,
    capsys: pytest.CaptureFixture[str],
    name: bytes,
    shown: str,
    form: str,
) -> None:
    path = here / os.fsdecode(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(ROOT, encoding="utf-8")
    report = here / "report"
    for _ in ("cold", "warm"):
        answer = program("check", *RULES, "--format", f"{form}=report")
        assert (answer.code, answer.err) == (1, "")
        data = report.read_bytes()
        text = data.decode("utf-8")
        assert not {"\x1b", "\u202e"} & set(text)
        if form == "text":
            assert shown in text
        if form in {"json", "sarif"}:
            json.loads(text)


def test_strange_names_reach_the_terminal_and_baselines(program: Program, here: Path) -> None:
    path = here / os.fsdecode(b"Dockerfile.\xff\xfe")
    path.write_text(ROOT, encoding="utf-8")
    assert program("check", *RULES, "--write-baseline", "b.json").code == 0
    assert program("check", *RULES, "--baseline", "b.json").code == 0
    assert program("check", *RULES, str(path)).code == 1


def test_a_name_that_is_too_long_is_said(program: Program, here: Path) -> None:
    answer = program("check", *RULES, "a" * 5000)
    assert answer.code in {2, 3}
    assert "Traceback" not in answer.err


# -- Texts that are hard to read ---------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        f"FROM a\nRUN echo {'a' * 3_000_000}\n",
        f"FROM a\nENV A={'a' * 3_000_000}\n",
        f"FROM {'a' * 1_000_000}\n",
        f"FROM a\nRUN {'$( ' * DEEP}x{' )' * DEEP}\n",
        f"FROM a\nRUN {'$(' * DEEP}\n",
        f"FROM a\nRUN {'( ' * DEEP}x{' )' * DEEP}\n",
        f"FROM a\nRUN {'{ ' * DEEP}\n",
        f"FROM a\nRUN {'if x; then ' * 2000}\n",
        f"FROM a\nRUN {'`' * DEEP}\n",
        f"FROM a\nENV B={'${A:-' * DEEP}x{'}' * DEEP}\n",
        "FROM a\nENV A=aaaaaaaaaa\n" + "ENV A=$A$A$A$A$A$A$A$A$A$A\n" * 40,
        "FROM a\nRUN <<EOF\n" + "echo hello && cat x\n" * 50_000 + "EOF\n",
        "FROM a\nRUN <<EOF\n" + "echo\n" * 50_000,
        "FROM a\nRUN " + "<<A " * 2000,
        "FROM a\nRUN a \\\n" + "  b \\\n" * 50_000 + "  c\n",
        "FROM a\n" + "RUN a\n" * 5000,
        "FROM a\nRUN <<EOF\n" + "curl -LO https://a.test/a.tar.gz\n" * 5000 + "EOF\n",
        "FROM a\n" + "RUN curl -LO https://a.test/a.tar.gz && tar xf a.tar.gz\n" * 2000,
        "".join(f"FROM s{number} AS s{number + 1}\nENV A=1\n" for number in range(1000)),
        f"FROM a\nCMD {'[' * DEEP}\n",
        f"FROM a\nCMD [{'1,' * DEEP}]\n",
        f"FROM a\n{'ONBUILD ' * DEEP}RUN a\n",
        "# escape=`\n" * 5000 + "FROM a\n",
    ],
    ids=lambda text: text[:24].replace("\n", " "),
)
def test_hard_dockerfiles_are_examined_in_time(program: Program, here: Path, text: str) -> None:
    write(here, Dockerfile=text)
    started = time.monotonic()
    answer = program("check", *RULES, "--no-cache")
    assert time.monotonic() - started < HANG_SECONDS
    assert answer.code in {0, 1, 3}, answer.out[:2000]
    assert "crashed" not in answer.out
    assert answer.err == ""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.txt", "a" * 3_000_000),
        ("requirements.txt", "-r requirements.txt\n" * 1000),
        ("requirements.txt", "a \\\n" * 50_000),
        ("requirements.txt", "a[" + "b," * DEEP),
        (".dockerignore", "*" * 100_000),
        (".dockerignore", "[" * 100_000),
        (".dockerignore", "**/" * DEEP + "a\n"),
        (".dockerignore", "!*\n" * 20_000),
        ("a.yaml", f"{OBJECT}metadata: {{name: {'a' * 3_000_000}}}\n"),
        ("a.yaml", f"{POD}---\n" * 500),
        ("a.yaml", "---\n" * 100_000 + OBJECT),
        ("a.yaml", f"{OBJECT}spec:\n  containers:\n" + "  - {name: a, image: b}\n" * 2000),
        ("a.yaml", f"{OBJECT}spec:\n  command: [sh, -c, '{'sh -c ' * 2000}']\n"),
        ("compose.yaml", "services:\n" + "".join(f"  s{n}: {{image: b}}\n" for n in range(2000))),
        ("compose.yaml", f"services:\n  a:\n    image: {'${A:-' * 5000}\n"),
        ("compose.yaml", "services:\n  a: {extends: {service: a}, image: b}\n"),
        (
            "compose.yaml",
            f"services: {{a: {{image: b, device_cgroup_rules: ['c *:* {'rwm' * 120_000}!']}}}}\n",
        ),
    ],
    ids=lambda text: text[:24].replace("\n", " "),
)
def test_other_hard_texts_are_examined_in_time(
    program: Program, here: Path, name: str, text: str
) -> None:
    (here / name).write_text(text, encoding="utf-8")
    write(here, Dockerfile=f"FROM python@{DIGEST}\nCOPY . .\nUSER 10001\n")
    started = time.monotonic()
    answer = program("check", *RULES, "--no-cache")
    assert time.monotonic() - started < HANG_SECONDS
    assert answer.code in {0, 1, 3}, answer.out[:2000]
    assert "crashed" not in answer.out
    assert answer.err == ""


# -- Policies ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"\0",
        b"\xff\xfe",
        b"caf\xe9: 1\n",
        b"[",
        b"- a\n",
        b"rules: &a [*a]\n",
        b"extends: [.imagelint.yaml]\n",
        b"extends: [missing.yaml]\n",
        b"rules: " + b"{a: " * DEEP,
        b"waivers: " + b"[" * DEEP,
        bomb("x").encode(),
        b"rules:\n  root-user: {nonsense: 1}\n",
        b"fail-on: [high]\n",
    ],
)
def test_a_broken_policy_is_wrong_usage(program: Program, here: Path, content: bytes) -> None:
    write(here, Dockerfile=GOOD)
    (here / ".imagelint.yaml").write_bytes(content)
    answer = program("check")
    assert answer.code == 2
    assert answer.err.startswith("error: ")
    assert "at: .imagelint.yaml" in answer.err
    assert "Traceback" not in answer.err


def test_a_policy_that_is_a_folder_holds_for_nobody(program: Program, here: Path) -> None:
    write(here, Dockerfile=ROOT)
    (here / ".imagelint.yaml").mkdir()
    assert program("check").code == 1
    assert program("check", "--policy", ".imagelint.yaml").code == 2


def test_an_endless_policy_is_wrong_usage(program: Program, here: Path) -> None:
    write(here, Dockerfile=GOOD)
    assert program("check", "--policy", "/dev/zero.yaml").code == 2
    with (here / "huge.yaml").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    answer = program("check", "--policy", "huge.yaml")
    assert answer.code == 2
    assert "bytes" in answer.err
