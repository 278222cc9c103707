"""Run another program: the only module that does.

Arguments are a list, never a shell's line. The program sees an environment by allow-list, an
empty folder of its own that vanishes afterwards, and no standard input. What it writes is read
together and bounded. A timeout, too much output, or an interrupt kills its whole process group,
and what has left that for a session of its own.
"""

from __future__ import annotations

import hashlib
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from imagelint.collect import environment
from imagelint.collect.filestate import KeptByFile
from imagelint.core.record import NamedTuple
from imagelint.core.report import Problem, ProblemKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.collect.descendants import ProcessMark

_PASSED = (
    *("PATH", "LANG", "LC_ALL", "TZ"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)
_CREDENTIALS = ("DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR")
_MEGABYTE = 1024 * 1024
_CHUNK = 65536
_LARGEST_INPUT = 4096  # what every pipe takes at once
_TICK_SECONDS = 0.1
_GRACE_SECONDS = 2.0
"""How long a program may take to end when it is asked to; then it is made to."""


class ProcessLimits(NamedTuple):
    """What a program may take: seconds, and bytes on its two outputs."""

    seconds: float
    stdout: int = 64 * _MEGABYTE
    stderr: int = _MEGABYTE


class ProcessRequest(NamedTuple):
    """One call of a program.

    `arguments` follow the program's name. `origin` is what the call is about, for problems.
    `install` tells how to get the program. `files` (name, text) and `links` (name, where to) are
    put into the folder in which it runs. `passed` names further environment variables to hand
    over, a trailing `*` stands for any end; `variables` sets some. With `credentials` it may see
    the user's logins to registries. `standard_input` is what it reads, a line or two. `decoding`
    is what becomes of bytes that are not UTF-8, as `bytes.decode` calls it.
    """

    program: str
    arguments: tuple[str, ...]
    origin: str
    limits: ProcessLimits
    install: str = ""
    files: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    passed: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    credentials: bool = False
    standard_input: str = ""
    decoding: str = "replace"


class CompletedProcess(NamedTuple):
    """A program ended by itself, with a code from 0 to 255."""

    code: int
    stdout: str
    stderr: str


@cache
def find(program: str, search: str) -> str:
    """Where a program is, looked up once; empty when it is not.

    Relative parts of the search path are left out: what lies in the examined folder is not run.
    """
    parts = (part for part in search.split(os.pathsep) if os.path.isabs(part))
    found = shutil.which(program, path=os.pathsep.join(parts)) or ""
    return found if os.path.isabs(found) else ""


def locate(program: str, origin: str, install: str) -> str | Problem:
    """The path of a program, or the problem that it is missing, with what installs it."""
    found = find(program, environment.variable("PATH"))
    if found:
        return found
    detail = f"the program `{program}` is not installed (it is not on PATH)"
    return Problem(ProblemKind.TOOL_MISSING, origin, detail, help=install)


_FINGERPRINTS = KeptByFile[str]()


def fingerprint(path: str) -> str:
    """A program by its path and the digest of its file: `/usr/bin/trivy sha256:…`."""
    return _FINGERPRINTS.of(path, lambda: _fingerprint(path))


def _fingerprint(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return f"{path} sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    except OSError as error:
        return f"{path} ({error.strerror or error})"


def run(request: ProcessRequest) -> CompletedProcess | Problem:
    """Run a program to its end, whatever it does meanwhile."""
    path = locate(request.program, request.origin, request.install)
    if isinstance(path, Problem):
        return path
    with tempfile.TemporaryDirectory(prefix="imagelint-", ignore_cleanup_errors=True) as folder:
        work = _furnish(folder, request)
        try:
            process = subprocess.Popen(  # noqa: S603 - a list of arguments, an absolute path
                [path, *request.arguments],
                cwd=work,
                env=child_environment(request, folder, environment.variables()),
                stdin=subprocess.PIPE if request.standard_input else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            detail = f"`{path}` cannot be run: {error.strerror or error}"
            return Problem(ProblemKind.TOOL_FAILED, request.origin, detail, help=request.install)
        with process:
            return _Watch(process, request, folder).outcome()


_RUNNING: set[_Watch] = set()


def end_programs() -> None:
    """Ask all programs that threads wait for to end."""
    for watch in tuple(_RUNNING):
        watch.end()


def _tell(process: subprocess.Popen[bytes], text: str) -> None:
    """Give a program its input: so little that no pipe fills up."""
    if process.stdin is None:
        return
    with suppress(BrokenPipeError):
        process.stdin.write(text.encode()[:_LARGEST_INPUT])
    with suppress(BrokenPipeError):
        process.stdin.close()


def child_environment(
    request: ProcessRequest, folder: str, ours: Mapping[str, str]
) -> dict[str, str]:
    """The variables that a program sees: by allow-list, with a home and a place for big files."""
    chosen = {name: value for name, value in ours.items() if _is_passed(name, request)}
    chosen["HOME"] = os.path.join(folder, "home")
    chosen["TMPDIR"] = os.path.join(folder, "tmp")
    if request.credentials and "DOCKER_CONFIG" not in chosen:
        chosen["DOCKER_CONFIG"] = os.path.join(os.path.expanduser("~"), ".docker")
    chosen.update(request.variables)
    return chosen


def _is_passed(name: str, request: ProcessRequest) -> bool:
    if name in _PASSED or (request.credentials and name in _CREDENTIALS):
        return True
    return any(
        name.startswith(wish[:-1]) if wish.endswith("*") else name == wish
        for wish in request.passed
    )


def _furnish(folder: str, request: ProcessRequest) -> str:
    for name in ("home", "tmp", "work"):
        os.mkdir(os.path.join(folder, name), mode=0o700)
    work = os.path.join(folder, "work")
    for name, text in request.files:
        with open(_inside(work, name), "w", encoding="utf-8") as file:
            file.write(text)
    for name, target in request.links:
        os.symlink(os.path.abspath(target), _inside(work, name))
    return work


def _inside(work: str, name: str) -> str:
    """The path of a file in the folder, whose own folder then exists.

    Raises:
        ValueError: it would lie outside.
    """
    path = os.path.normpath(os.path.join(work, name))
    if not path.startswith(work + os.sep):
        raise ValueError(f"{name!r} is not inside the folder of the program")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


class _Watch:
    """Reads what a process writes until it has ended, or has to."""

    def __init__(
        self, process: subprocess.Popen[bytes], request: ProcessRequest, folder: str
    ) -> None:
        self._process = process
        self._request = request
        self._folder = folder
        seconds = request.limits.seconds
        self._end = time.monotonic() + seconds
        # Who is asked to end takes the time for that out of its own.
        self._deadline = self._end - min(_GRACE_SECONDS, seconds / 10)
        self._texts: dict[str, bytearray] = {"stdout": bytearray(), "stderr": bytearray()}

    def outcome(self) -> CompletedProcess | Problem:
        _RUNNING.add(self)
        try:
            _tell(self._process, self._request.standard_input)
            problem = self._read()
        except BaseException:  # an interrupt, above all: leave nothing running behind
            self._kill()
            raise
        finally:
            _RUNNING.discard(self)
        if problem is not None:
            self._kill()
            return problem
        code = self._process.returncode
        if code < 0:
            return self._problem(ProblemKind.TOOL_FAILED, _death(-code))
        return CompletedProcess(
            code,
            self._texts["stdout"].decode("utf-8", self._request.decoding),
            self._texts["stderr"].decode("utf-8", self._request.decoding),
        )

    def _read(self) -> Problem | None:
        with selectors.DefaultSelector() as selector:
            for name in self._texts:
                pipe = getattr(self._process, name)
                os.set_blocking(pipe.fileno(), False)
                selector.register(pipe, selectors.EVENT_READ, name)
            while selector.get_map():
                ended = self._process.poll() is not None
                taken = self._take(selector, 0 if ended else _TICK_SECONDS)
                if isinstance(taken, Problem):
                    return taken
                if ended and not taken:
                    # Children of the program hold its outputs; they are not waited for.
                    self._signal(signal.SIGKILL)
                    self._end_strays(())
                    return None
        return self._wait()

    def _take(self, selector: selectors.BaseSelector, patience: float) -> Problem | int:
        """Take what is there, waiting a little for it; how many outputs had something."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            return self._overdue()
        ready = selector.select(min(left, patience))
        for key, _ in ready:
            name = str(key.data)
            chunk = os.read(key.fd, _CHUNK)
            if not chunk:
                selector.unregister(key.fileobj)
            elif not self._keep(name, chunk):
                limit = getattr(self._request.limits, name)
                detail = f"wrote more than {limit:,} bytes to {name} and was stopped"
                return self._problem(ProblemKind.TOOL_FAILED, detail)
        return len(ready)

    def _keep(self, name: str, chunk: bytes) -> bool:
        text = self._texts[name]
        text += chunk
        return len(text) <= int(getattr(self._request.limits, name))

    def _wait(self) -> Problem | None:
        """Both outputs are closed: the program has little left to do."""
        try:
            self._process.wait(max(0.0, self._deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return self._overdue()
        return None

    def _overdue(self) -> Problem:
        seconds = round(self._request.limits.seconds, 1)
        detail = f"did not end within {seconds:g} seconds and was stopped"
        return self._problem(ProblemKind.TIMED_OUT, detail, help="give it more with `--timeout`")

    def _kill(self) -> None:
        """End the group and its strays: asked first, so that it can clean up, then made to."""
        from imagelint.collect.descendants import descendants

        strays = descendants(self._process.pid)
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            left = max(0.0, self._end - time.monotonic())
            self._process.wait(min(_GRACE_SECONDS, left))
        self._signal(signal.SIGKILL)
        self._end_strays(strays)
        self._process.wait()

    def _end_strays(self, known: tuple[ProcessMark, ...]) -> None:
        """End what has left the group, for a session of its own."""
        from imagelint.collect.descendants import end_all

        end_all(known, self._folder)

    def end(self) -> None:
        """Ask it to end, if it has not."""
        if self._process.returncode is None:
            self._signal(signal.SIGTERM)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _problem(self, kind: ProblemKind, detail: str, help: str = "") -> Problem:  # noqa: A002 - the word that the reader sees
        text = f"`{self._request.program}` {detail}"
        return Problem(kind, self._request.origin, text, help)


def _death(number: int) -> str:
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    why = ": probably there was not enough memory" if number == signal.SIGKILL else ""
    return f"was killed by {name}{why}"
