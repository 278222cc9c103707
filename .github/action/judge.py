"""Run imagelint: verdict, reports, annotations and outputs of the step."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import zlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import inputs
from workflow import StepError, annotate, only_text, output, summarize, temporary, variable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

_JUDGED = (0, 1, 3)
_SCANNED = (0, 1)
_OUTPUT = re.compile(r"([a-z-]+)=([\w:.-]*)")
_UNNAMED = re.compile(r"[^\w.-]+")
_UNFIT = re.compile(r"[^\w.:/-]+")
_TAG_AND_DIGEST = re.compile(r"^((?:oci:)?.+?)(?::[\w.-]+)?(?:@sha(?:256|512):\w+)?$")
# What uses in a job differ in, the same from run to run: no commit, no tag, no digest.
_DISTINGUISHING = ("paths", "working-directory", "platform", "policy", "only")
_PLAIN_USE = {
    **{name: [] for name in _DISTINGUISHING},
    "paths": ["."],
    "image": [""],
    "matrix": ["null"],
}
_LAST_LINES = 20
_PIECE = 1024 * 1024
# https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support
_LARGEST_UPLOAD = 10_000_000


def main() -> int:
    """Judge, tell, and give the exit code of imagelint."""
    place = Path(variable("PLACE"))
    reports = _reports(place)
    folder = _working_folder()
    program = [str(place / "venv" / "bin" / "python"), "-I", "-m", "imagelint"]
    command, *rest = inputs.arguments()
    options = [f"--format={name}={path}" for name, path in reports.items()]
    options += ["--format=text", "--color=never", f"--category={category()}"]
    with only_text():
        code, last = _run([*program, command, *options, *rest], folder, place / "bin")
    _tell(reports, code, last)
    _keep_database(code)
    return code


def category() -> str:
    """What code scanning knows this analysis by: one for each place where the action is used.

    Analyses of the same category replace one another. Without a name given it is the workflow and
    the job, and what distinguishes uses within a job, always the same from run to run.
    """
    name = inputs.single("category")
    if name:
        return _UNFIT.sub("-", name)
    workflow = os.environ.get("GITHUB_WORKFLOW_REF", "").partition("@")[0].rpartition("/")[2]
    workflow = workflow.rpartition(".")[0] or workflow
    job = os.environ.get("GITHUB_JOB", "")
    parts = ["imagelint", *filter(None, (workflow, job))]
    image = _TAG_AND_DIGEST.sub(r"\1", inputs.single("image"))
    given = {name: inputs.lines(name) for name in _DISTINGUISHING}
    subject = {**given, "image": [image], "matrix": [os.environ.get("MATRIX", "null")]}
    if subject != _PLAIN_USE:
        parts.append(hashlib.sha256(json.dumps(subject).encode()).hexdigest()[:12])
    return _UNFIT.sub("-", ":".join(parts))


def _reports(place: Path) -> dict[str, Path]:
    """Where each report is written."""
    if not place.is_dir() or temporary() not in place.parents:
        raise StepError("imagelint is not installed")
    names = {"json": "report.json", "sarif": "report.sarif", "github": "annotations"}
    names |= {"summary": "summary.md", "outputs": "outputs"}
    return {format_: place / name for format_, name in names.items()}


def _working_folder() -> Path:
    """Where to start. A link in the checkout leads nowhere else."""
    workspace = Path(variable("GITHUB_WORKSPACE")).resolve()
    folder = (workspace / inputs.single("working-directory")).resolve()
    if not folder.is_dir() or not folder.is_relative_to(workspace):
        raise StepError("input working-directory: there is no such folder in the workspace")
    return folder


def _run(command: Sequence[str], folder: Path, programs: Path) -> tuple[int, list[str]]:
    """Run a program and show what it says; its exit code and its last lines."""
    last: list[str] = []
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:

        def stop(number: int, _frame: FrameType | None) -> None:
            process.send_signal(number)

        # A cancelled job is told to this process alone.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = [*last[1 - _LAST_LINES :], line]
    return process.returncode, last


def _tell(reports: dict[str, Path], code: int, last: list[str]) -> None:
    """Annotations, summary and outputs; without a verdict, why there is none."""
    if code not in _JUDGED or not reports["outputs"].is_file():
        output("verdict", "incomplete")
        said = [line.rstrip() for line in last if not line.startswith("::")]
        annotate("\n".join(said) or f"imagelint ended with {code} and said nothing")
        return
    print(reports["github"].read_text(encoding="utf-8"), end="", flush=True)
    summarize(reports["summary"].read_text(encoding="utf-8"))
    for line in reports["outputs"].read_text(encoding="utf-8").splitlines():
        match = _OUTPUT.fullmatch(line)
        if match is not None:
            output(match[1], match[2])
    output("report-json", str(reports["json"]))
    output("sarif-file", str(reports["sarif"]))
    output("artifact", _UNNAMED.sub("-", category()))
    if _compressed_size(reports["sarif"]) <= _LARGEST_UPLOAD:
        output("upload", str(reports["sarif"]))
    else:
        annotate("the SARIF report is larger than what code scanning takes", "warning")


def _compressed_size(path: Path) -> int:
    """In bytes, as it is uploaded."""
    compressor = zlib.compressobj()
    with path.open("rb") as file:
        pieces = iter(partial(file.read, _PIECE), b"")
        size = sum(len(compressor.compress(piece)) for piece in pieces)
    return size + len(compressor.flush())


def _keep_database(code: int) -> None:
    """Name the vulnerability database, to be kept for today, when there was a scan with it."""
    folder = os.environ.get("DATABASE", "")
    if folder and code in _SCANNED and Path(folder, "db", "metadata.json").is_file():
        output("keep", folder)
