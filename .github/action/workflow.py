"""How a step speaks with the runner.

Commands: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands.
Paths come from the environment: in a job with a container the expressions `runner.temp` and
`github.action_path` name folders of the host (https://github.com/actions/runner/issues/716).
"""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

USAGE = 2
"""The exit code of wrong inputs, as that of the command line."""

_LONGEST_ANNOTATION = 4_000
_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_HARMLESS = ("HOME", "LANG", "PATH", "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR", *_PROXIES)


class StepError(Exception):
    """The step cannot go on: what a person can do about it."""


def annotate(message: str, kind: str = "error") -> None:
    """Show a message on the page of the run, whatever is in it."""
    text = message[:_LONGEST_ANNOTATION].replace("%", "%25")
    text = text.replace("\r", "%0D").replace("\n", "%0A")
    print(f"::{kind} title=imagelint::{text}", flush=True)


@contextmanager
def only_text() -> Iterator[None]:
    """Whatever is printed inside is text: no line of it is a command to the runner."""
    token = secrets.token_hex(16)
    print(f"::stop-commands::{token}", flush=True)
    try:
        yield
    finally:
        print(f"\n::{token}::", flush=True)


def output(name: str, value: str) -> None:
    """An output of the step.

    Raises:
        StepError: the value is of several lines, which would be other outputs.
    """
    if "\n" in value or "\r" in value:
        raise StepError(f"the output {name} would be of several lines")
    with Path(variable("GITHUB_OUTPUT")).open("a", encoding="utf-8") as file:
        file.write(f"{name}={value}\n")


def summarize(markdown: str) -> None:
    """Add to the summary of the job."""
    with Path(variable("GITHUB_STEP_SUMMARY")).open("a", encoding="utf-8") as file:
        file.write(markdown)


def scrubbed() -> dict[str, str]:
    """The environment for programs that need nothing of the job but its network."""
    return {name: value for name, value in os.environ.items() if name in _HARMLESS}


def temporary() -> Path:
    """The folder of this job for temporary files."""
    return Path(variable("RUNNER_TEMP"))


def variable(name: str) -> str:
    """A variable that every runner sets.

    Raises:
        StepError: it is not there.
    """
    value = os.environ.get(name, "")
    if not value:
        raise StepError(f"the runner does not set {name}")
    return value
