"""Programs that start what a file of their own lists: supervisors, runners of tasks, runtimes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.shell.shells import base_name
from imagelint.documents.shell.wrappers import unwrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imagelint.documents.shell.script import Word

_ALONE = frozenset(
    (
        "circusd",
        "dinit",
        "runit",
        "runit-init",
        "runsv",
        "runsvdir",
        "s6-supervise",
        "s6-svscan",
        "supervisord",
        "svscan",
        "systemd",
    )
)
_TOLD = frozenset(
    (
        "bun",
        "deno",
        "foreman",
        "forego",
        "goreman",
        "gmake",
        "hivemind",
        "honcho",
        "just",
        "make",
        "node",
        "nodejs",
        "npm",
        "overmind",
        "pm2",
        "pm2-docker",
        "pm2-runtime",
        "pnpm",
        "process-compose",
        "yarn",
    )
)
"""Those that are told which of the things they know to start."""
_FIRST_PROCESSES = frozenset({"/init", "/sbin/init", "/usr/sbin/init", "/sbin/my_init"})
"""Of s6-overlay, systemd and phusion/baseimage."""
_ASKED = frozenset({"--help", "--version", "-h", "-V", "-v", "version", "help"})


def launcher(words: Sequence[Word]) -> Word | None:
    """The word of a program that starts what stands in a file; None where these run none."""
    words = words[unwrap(words).start :]
    if not words or not isinstance(words[0].value, Known):
        return None
    name = base_name(words[0].text)
    if words[0].text in _FIRST_PROCESSES or name in _ALONE:
        found = True
    else:
        found = name in _TOLD and len(words) > 1
    return words[0] if found and not (len(words) > 1 and words[1].text in _ASKED) else None
