from __future__ import annotations

import errno
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import imagelint
from imagelint.cli import main
from imagelint.cli.output.verdict import wants_color
from imagelint.cli.summaries import COMMANDS
from tests.cli.projects import GOOD, ROOT, write

if TYPE_CHECKING:
    from tests.conftest import Program

OWN = (sys.executable, "-m", "imagelint")


def test_the_version(program: Program) -> None:
    assert program("--version") == (0, f"imagelint {imagelint.__version__}\n", "")
    assert program("-V").out == program("--version").out


def test_the_help_lists_every_command(program: Program) -> None:
    answer = program("--help")
    assert answer.code == 0
    listed = [line.split()[0] for line in answer.out.splitlines() if line.startswith("  ")]
    assert [name for name in listed if name in COMMANDS] == list(COMMANDS)
    for code in ("0 pass", "1 fail", "3 incomplete", "4 a defect", "130 interrupted"):
        assert code in " ".join(answer.out.split())


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help_that_begins_like_its_summary(program: Program, name: str) -> None:
    answer = program(name, "--help")
    assert answer.code == 0
    assert answer.out.startswith(f"Usage: imagelint {name}")
    first = COMMANDS[name].split()[:2]
    assert " ".join(first) in " ".join(answer.out.split())
    assert program(name, "-h").out == answer.out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_program(program: Program, shell: str) -> None:
    answer = program("completion", shell)
    assert answer.code == 0
    assert "_IMAGELINT_COMPLETE" in answer.out
    assert program("completion", "csh").code == 2


def test_the_shell_is_told_what_completes(here: Path) -> None:
    environment = {
        **os.environ,
        "_IMAGELINT_COMPLETE": "bash_complete",
        "COMP_WORDS": "imagelint che",
        "COMP_CWORD": "1",
    }
    code = "import sys; sys.argv[0] = 'imagelint'; from imagelint.cli.main import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert "plain,check" in done.stdout


def test_no_variable_turns_a_check_into_a_completion(
    program: Program, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "Dockerfile").write_text("FROM alpine\nUSER 0\n", encoding="utf-8")
    monkeypatch.setenv("_IMAGELINT_COMPLETE", "bash_source")
    answer = program("check", "--policy", "strict", ".")
    assert answer.code == 1
    assert "root-user" in answer.out


@pytest.mark.parametrize("name", ["click.py", "yaml.py", "dockerfile_parse.py"])
def test_nothing_is_imported_from_where_it_is_started(here: Path, name: str) -> None:
    (here / "Dockerfile").write_text("FROM alpine\nUSER 0\n", encoding="utf-8")
    (here / "pod.yaml").write_text("apiVersion: v1\nkind: Pod\n", encoding="utf-8")
    (here / name).write_text("raise SystemExit(0)\n", encoding="utf-8")
    words = ("-m", "imagelint", "check", "--policy", "strict", "--no-cache", ".")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONSAFEPATH"}
    done = subprocess.run(
        [sys.executable, *words], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "root-user" in done.stdout


@pytest.fixture
def crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_options: object) -> int:
        raise ValueError("the password is hf_" + "a" * 34)

    monkeypatch.setattr(main, "main", fail)


@pytest.mark.usefixtures("crash")
def test_a_defect_is_said_to_be_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.run()
    assert ended.value.code == 4
    said = capsys.readouterr()
    assert "error: this is a defect of imagelint" in said.err
    assert "ValueError" in said.err
    assert "hf_aaa" not in said.err


def test_an_interrupt_outside_of_commands_has_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "answer", interrupt)
    with pytest.raises(SystemExit) as ended:
        main.run()
    assert ended.value.code == 130


def test_an_interrupt_within_a_command_has_its_code(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("imagelint.run.session.find", interrupt)
    answer = program("check")
    assert answer.code == 130
    assert "error: interrupted" in answer.err


def test_the_exit_code_of_the_process(here: Path) -> None:
    write(here, Dockerfile=ROOT)
    done = subprocess.run(
        [*OWN, "check", "--policy", "recommended"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")


def test_a_reader_that_goes_away_is_no_defect(here: Path) -> None:
    write(here, Dockerfile=ROOT)
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*OWN, "check", "--policy", "recommended"],
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (3, "")


def test_a_reader_that_goes_away_in_the_middle_is_no_defect(
    program: Program, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_text: str) -> int:
        raise BrokenPipeError(errno.EPIPE, "broken pipe")

    write(here, Dockerfile=GOOD)
    monkeypatch.setattr(sys.stdout, "write", gone)
    assert program("check", "--policy", "recommended").code == 3


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_every_encoding_takes_what_is_said(here: Path, encoding: str) -> None:
    write(here, Dockerfile=ROOT)
    (here / "Dockerfile").rename(os.fsdecode(os.fsencode(here) + b"/Dockerfile.\xff"))
    done = subprocess.run(
        [*OWN, "check", "--policy", "recommended", "--no-cache"],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    assert "root-user" in done.stdout.decode(encoding)


def test_a_report_to_standard_error_is_added_to_its_file(here: Path) -> None:
    write(here, Dockerfile=ROOT)
    with (here / "log").open("w", encoding="utf-8") as log:
        log.write("before\n")
        log.flush()
        for _ in range(2):
            subprocess.run(
                [*OWN, "check", "--policy", "recommended", "--format", "text=/dev/stderr"],
                stderr=log,
                check=False,
            )
    text = (here / "log").read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.count("high[root-user]") == 2


@pytest.mark.parametrize(
    ("closed", "code", "said"),
    [("<&-", 1, "high[root-user]"), ("2>&-", 1, "high[root-user]"), (">&-", 2, "cannot write")],
)
def test_a_stream_that_is_closed_is_no_defect(
    here: Path, closed: str, code: int, said: str
) -> None:
    write(here, Dockerfile=ROOT)
    script = f'"$@" {closed}'
    words = (*OWN, "check", "--policy", "recommended")
    command = ("/bin/sh", "-c", script, "sh", *words)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_gone_is_said(here: Path) -> None:
    (here / "gone").mkdir()
    script = 'cd gone && rmdir ../gone && exec "$@"'
    command = ("/bin/sh", "-c", script, "sh", *OWN, "check", str(here))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "the folder in which this was started is gone" in done.stderr


def test_a_full_disk_is_said(here: Path) -> None:
    write(here, Dockerfile=ROOT)
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [*OWN, "check", "--policy", "recommended"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "no space left on device" in done.stderr.lower()
    assert "Traceback" not in done.stderr


def read_until(terminal: int, word: bytes | None) -> bytes:
    """What a terminal shows until a word, or until nobody writes to it any more."""
    told = b""
    while word is None or word not in told:
        try:
            told += os.read(terminal, 4096)
        except OSError as error:
            if word is None and error.errno == errno.EIO:  # Linux says so at a terminal's end
                break
            raise
    return told


@pytest.mark.parametrize(
    ("jobs", "given", "code"),
    [
        ("1", signal.SIGINT, 130),
        ("2", signal.SIGINT, 130),
        ("1", signal.SIGHUP, 129),
        ("2", signal.SIGTERM, 143),
    ],
)
def test_an_interrupted_run_is_silent_about_it(
    here: Path, jobs: str, given: int, code: int
) -> None:
    for number in range(250):
        write(here, **{f"d{number}__Dockerfile": "FROM a\n" + "RUN echo a && b\n" * 400})
    ours, theirs = pty.openpty()
    # Below `nohup` it would be ignored, by us as well.
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    process = subprocess.Popen(
        [*OWN, "check", "--policy", "recommended", "--no-cache", "--jobs", jobs],
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        start_new_session=True,
    )
    signal.signal(signal.SIGHUP, before)
    os.close(theirs)
    told = read_until(ours, b"examined: ")
    os.killpg(process.pid, given)
    told += read_until(ours, None)
    assert process.wait(timeout=30) == code
    assert b"interrupted" in told
    assert b"Traceback" not in told
    assert b"Error" not in told


SLOW = """#!/bin/sh
echo $$ > {started}.part
mv {started}.part {started}
exec sleep 60
"""


def test_who_is_ended_leaves_no_program_and_no_folder(here: Path) -> None:
    write(here, **{"files__kustomization.yaml": "resources: [a.yaml]\n", "files__a.yaml": "a: b\n"})
    started = here / "started"
    write(here, programs__kustomize=SLOW.format(started=started))
    (here / "programs/kustomize").chmod(0o755)
    (here / "temporary").mkdir()
    environment = {
        **os.environ,
        "PATH": f"{here}/programs{os.pathsep}{os.environ['PATH']}",
        "TMPDIR": str(here / "temporary"),
    }
    with subprocess.Popen(
        [*OWN, "check", "--no-cache", "files"], env=environment, stderr=subprocess.PIPE
    ) as process:
        while not started.exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.terminate()
        assert process.wait(timeout=30) == 143
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text(encoding="ascii")), 0)
    assert not list((here / "temporary").iterdir())


@pytest.mark.parametrize(
    ("choice", "terminal", "no_color", "term", "wanted"),
    [
        ("always", False, "1", "dumb", True),
        ("never", True, "", "xterm", False),
        ("auto", True, "", "xterm", True),
        ("auto", True, "", "", True),
        ("auto", True, "1", "xterm", False),
        ("auto", True, "", "dumb", False),
        ("auto", False, "", "xterm", False),
    ],
)
def test_who_gets_colours(  # noqa: PLR0913, PLR0917 - one column each
    monkeypatch: pytest.MonkeyPatch,
    choice: str,
    terminal: bool,  # noqa: FBT001 - a column of the table
    no_color: str,
    term: str,
    wanted: bool,  # noqa: FBT001 - a column of the table
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", term)
    assert wants_color(choice) is wanted
