from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from imagelint.collect import descendants, process
from imagelint.collect.process import CompletedProcess, ProcessLimits, ProcessRequest, find, run
from imagelint.core.report import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Callable

    Fake = Callable[[str, str], Path]

QUICK = ProcessLimits(20)


def ask(*arguments: str, limits: ProcessLimits = QUICK, **more: Any) -> CompletedProcess | Problem:
    request = ProcessRequest("tool", arguments, "image:v1", limits, "run `get tool`")
    return run(request._replace(**more))


def completed(answer: CompletedProcess | Problem) -> CompletedProcess:
    assert isinstance(answer, CompletedProcess), answer
    return answer


def problem(answer: CompletedProcess | Problem) -> Problem:
    assert isinstance(answer, Problem), answer
    return answer


def wait_until_gone(pid: int) -> None:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        status = Path(f"/proc/{pid}/status")
        if status.exists() and "State:\tZ" in status.read_text(encoding="utf-8"):
            return  # ended, and only not yet collected by whoever inherited it
        time.sleep(0.02)
    pytest.fail(f"{pid} is still there")


def test_code_and_both_outputs_come_back(fake: Fake) -> None:
    fake("tool", "print('out', sys.argv[1:]); print('err', file=sys.stderr); sys.exit(3)")
    assert ask("a b", "$(c)") == CompletedProcess(3, "out ['a b', '$(c)']\n", "err\n")


def test_a_missing_program_is_a_problem_with_what_installs_it() -> None:
    answer = problem(run(ProcessRequest("no-such-tool", (), "image:v1", QUICK, "run `get it`")))
    assert (answer.kind, answer.origin) == (ProblemKind.TOOL_MISSING, "image:v1")
    assert answer.help == "run `get it`"


def test_a_program_that_cannot_be_run_is_a_problem(fake: Fake) -> None:
    fake("tool", "").write_bytes(b"\x7fELF nothing")
    assert problem(ask()).kind is ProblemKind.TOOL_FAILED


def test_programs_of_the_current_folder_are_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tool").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "tool").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    assert find("tool", f".{os.pathsep}{os.pathsep}bin") == ""
    assert find("tool", f".{os.pathsep}{tmp_path}") == str(tmp_path / "tool")


def test_standard_input_is_closed(fake: Fake) -> None:
    fake("tool", "print(repr(sys.stdin.read()))")
    assert completed(ask()).stdout == "''\n"


def test_the_folder_is_empty_and_vanishes(fake: Fake) -> None:
    fake("tool", "print(os.getcwd(), os.listdir(), os.environ['HOME'], os.environ['TMPDIR'])")
    folder, listed, home, temporary = completed(ask()).stdout.split()
    assert listed == "[]"
    parent = os.path.dirname(folder)  # noqa: PTH120 - a text that the fake printed
    assert os.path.dirname(home) == os.path.dirname(temporary) == parent  # noqa: PTH120
    assert not os.path.exists(parent)  # noqa: PTH110


def test_files_and_links_are_put_into_the_folder(fake: Fake, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x").write_text("linked", encoding="utf-8")
    fake("tool", "print(open('a/b').read(), open('c/d/x').read())")
    answer = ask(files=(("a/b", "text"),), links=(("c/d", str(tmp_path / "data")),))
    assert completed(answer).stdout == "text linked\n"
    assert (tmp_path / "data" / "x").exists()


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", ""])
def test_nothing_is_put_outside_the_folder(fake: Fake, tmp_path: Path, name: str) -> None:
    fake("tool", "")
    with pytest.raises(ValueError, match="is not inside"):
        ask(files=((name, "text"),))
    with pytest.raises(ValueError, match="is not inside"):
        ask(links=((name, str(tmp_path)),))


def test_the_environment_is_an_allow_list(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    fake("tool", "print(*sorted(os.environ))")
    for name in ("TRIVY_SEVERITY", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "COSIGN_PASSWORD"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test")
    monkeypatch.setenv("DOCKER_CONFIG", "/logins")
    seen = completed(ask()).stdout.split()
    assert {"PATH", "HOME", "TMPDIR", "HTTPS_PROXY"} <= set(seen)
    assert not {"TRIVY_SEVERITY", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN"} & set(seen)
    assert "DOCKER_CONFIG" not in seen
    asked = ask(passed=("AWS_*", "COSIGN_PASSWORD"), variables=(("LAB", "1"),), credentials=True)
    seen = completed(asked).stdout.split()
    assert {"AWS_SECRET_ACCESS_KEY", "COSIGN_PASSWORD", "LAB", "DOCKER_CONFIG"} <= set(seen)
    assert not {"TRIVY_SEVERITY", "GITHUB_TOKEN"} & set(seen)


def test_logins_are_found_in_the_users_home(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKER_CONFIG", raising=False)
    monkeypatch.setenv("HOME", "/home/somebody")
    fake("tool", "print(os.environ['DOCKER_CONFIG'])")
    assert completed(ask(credentials=True)).stdout == "/home/somebody/.docker\n"


def test_a_megabyte_on_stderr_does_not_block(fake: Fake) -> None:
    fake("tool", "sys.stderr.write('x' * 1000000); print('done')")
    answer = completed(ask())
    assert answer.stdout == "done\n"
    assert len(answer.stderr) == 1_000_000


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_endless_output_is_stopped(fake: Fake, stream: str) -> None:
    fake("tool", f"while True: sys.{stream}.write('x' * 65536)")
    answer = problem(ask(limits=ProcessLimits(20, 100_000, 100_000)))
    assert answer.kind is ProblemKind.TOOL_FAILED
    assert answer.detail == f"`tool` wrote more than 100,000 bytes to {stream} and was stopped"


def test_output_up_to_the_limit_is_kept(fake: Fake) -> None:
    fake("tool", "sys.stdout.write('x' * 1000)")
    assert len(completed(ask(limits=ProcessLimits(20, 1000, 0))).stdout) == 1000
    assert isinstance(ask(limits=ProcessLimits(20, 999, 0)), Problem)


def test_bytes_that_are_not_text_are_marked(fake: Fake) -> None:
    fake("tool", r"sys.stdout.buffer.write(b'a\xffb')")
    assert completed(ask()).stdout == "a\ufffdb"


def test_a_program_that_hangs_is_stopped(fake: Fake, tmp_path: Path) -> None:
    fake("tool", f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    answer = problem(ask(limits=ProcessLimits(1)))
    assert (answer.kind, answer.help) == (ProblemKind.TIMED_OUT, "give it more with `--timeout`")
    assert answer.detail == "`tool` did not end within 1 seconds and was stopped"
    wait_until_gone(int((tmp_path / "pid").read_text()))


def test_a_program_that_closes_its_outputs_and_hangs_is_stopped(fake: Fake) -> None:
    fake("tool", "os.close(1); os.close(2); time.sleep(60)")
    assert problem(ask(limits=ProcessLimits(1))).kind is ProblemKind.TIMED_OUT


def test_a_program_that_closes_its_outputs_and_ends_is_awaited(fake: Fake) -> None:
    fake("tool", "os.close(1); os.close(2); time.sleep(0.3); os._exit(5)")
    assert completed(ask()).code == 5


def test_a_program_that_ignores_the_request_to_end_is_killed(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_GRACE_SECONDS", 0.2)
    body = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    body += f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    fake("tool", body)
    assert problem(ask(limits=ProcessLimits(1))).kind is ProblemKind.TIMED_OUT
    wait_until_gone(int((tmp_path / "pid").read_text()))


def test_the_time_to_end_is_taken_out_of_the_programs_own(fake: Fake) -> None:
    fake("tool", "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)")
    began = time.monotonic()
    assert problem(ask(limits=ProcessLimits(2))).kind is ProblemKind.TIMED_OUT
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(("number", "words"), [(9, "SIGKILL: probably"), (11, "SIGSEGV")])
def test_a_program_that_dies_by_a_signal_is_a_problem(fake: Fake, number: int, words: str) -> None:
    fake("tool", f"print('half', flush=True); os.kill(os.getpid(), {number})")
    answer = problem(ask())
    assert answer.kind is ProblemKind.TOOL_FAILED
    assert f"was killed by {words}" in answer.detail


def test_a_child_that_keeps_the_outputs_open_is_not_waited_for(fake: Fake, tmp_path: Path) -> None:
    body = "import subprocess\n"
    body += "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    body += f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid)); print('done')"
    fake("tool", body)
    began = time.monotonic()
    assert completed(ask()).stdout == "done\n"
    assert time.monotonic() - began < 10
    wait_until_gone(int((tmp_path / "pid").read_text()))


def test_an_interrupt_leaves_nothing_running(fake: Fake, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    fake("tool", f"open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)")

    def interrupt() -> None:
        while not (pid.exists() and pid.read_text()):
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        ask()
    wait_until_gone(int(pid.read_text()))


CHATTY = ProcessLimits(20, 1000)
ENDLESS = "while True: sys.stdout.write('x' * 65536)"
STRAY = """\
pid = os.fork()
if pid == 0:
    os.setsid()
    if {orphan} and os.fork():
        os._exit(0)
    for number in (0, 1, 2):
        os.close(number) if {closes} or number == 0 else None
    open({path!r}, "w").write(str(os.getpid()))
    time.sleep(60)
    os._exit(0)
if {orphan}:
    os.waitpid(pid, 0)
while not (os.path.exists({path!r}) and open({path!r}).read()):
    time.sleep(0.02)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system tells of no processes")
@pytest.mark.parametrize("orphan", [False, True])
def test_what_left_the_group_of_a_program_that_is_stopped_is_ended_too(
    fake: Fake, tmp_path: Path, *, orphan: bool
) -> None:
    path = tmp_path / "pid"
    stray = STRAY.format(orphan=orphan, closes=True, path=str(path))
    fake("tool", f"{stray}{ENDLESS}")
    assert "wrote more than" in problem(ask(limits=CHATTY)).detail
    wait_until_gone(int(path.read_text()))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system tells of no processes")
def test_what_forgot_its_variables_is_ended_as_a_child(fake: Fake, tmp_path: Path) -> None:
    path = tmp_path / "pid"
    body = "import subprocess\nsleeper = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
    body += "child = subprocess.Popen(sleeper, env={}, start_new_session=True)\n"
    body += f"open({str(path)!r}, 'w').write(str(child.pid))\n"
    fake("tool", f"{body}{ENDLESS}")
    assert "wrote more than" in problem(ask(limits=CHATTY)).detail
    wait_until_gone(int(path.read_text()))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system tells of no processes")
def test_what_holds_the_outputs_in_a_session_of_its_own_is_ended(
    fake: Fake, tmp_path: Path
) -> None:
    path = tmp_path / "pid"
    stray = STRAY.format(orphan=True, closes=False, path=str(path))
    fake("tool", f"{stray}print('done')")
    assert completed(ask()).stdout == "done\n"
    wait_until_gone(int(path.read_text()))


def test_where_the_system_tells_of_no_processes_nobody_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(descendants, "_PROC", str(tmp_path / "none"))
    assert descendants.descendants(os.getpid()) == ()
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("somebody was killed"))
    descendants.end_all((descendants.ProcessMark(os.getppid(), b"1"),), str(tmp_path))


def test_a_number_that_was_given_again_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(os, "kill", lambda *_: pytest.fail("somebody was killed"))
    descendants.end_all((descendants.ProcessMark(os.getppid(), b"never"),), str(tmp_path))


def test_who_starts_others_faster_than_they_are_found_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "environ").write_text(f"HOME={tmp_path}/home")
    monkeypatch.setattr(descendants, "_PROC", str(tmp_path))
    killed = []
    monkeypatch.setattr(os, "kill", lambda number, _: killed.append(number))
    descendants.end_all((), str(tmp_path))
    assert set(killed) == {7}


def test_a_process_that_goes_while_it_is_looked_at_is_no_child(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    later = " 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 99 0"
    for number, stat in (("7", f"7 (a) b) S 6{later}"), ("8", f"8 (c) R 7{later}"), ("9", "")):
        (tmp_path / number).mkdir()
        (tmp_path / number / "stat").write_text(stat)
    monkeypatch.setattr(descendants, "_PROC", str(tmp_path))
    assert [one.number for one in descendants.descendants(6)] == [7, 8]
    assert descendants.descendants(9) == ()


def test_an_unknown_signal_has_a_number() -> None:
    assert process._death(99) == "was killed by signal 99"
