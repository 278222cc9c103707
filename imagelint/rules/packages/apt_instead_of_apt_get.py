"""The rule `apt-instead-of-apt-get`."""

from __future__ import annotations

from imagelint.core.source import Span
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS, manager_call
from imagelint.documents.shell.script import Command
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

# Of apt(8), what apt-cache(8) answers under the same name; `list` has no counterpart.
_QUERIES = frozenset(("search", "show", "showsrc", "depends", "rdepends", "policy"))
_ALIKE = ("autoclean", "autopurge", "changelog", "download", "install", "source")


@rule(
    Command,
    Severity.LOW,
    references=("hadolint DL3027", "Checkov CKV_DOCKER_9"),
    programs=PACKAGE_PROGRAMS,
)
def apt_instead_of_apt_get(command: Command, ctx: Context) -> Findings:
    """A script calls `apt`, which is made for people at a terminal.

    Its manual page says that its options and its output may change between releases, and it warns
    about that with each call. `apt-get` and `apt-cache` do the same and stay as they are.

    Bad:
        FROM debian:12.7
        RUN apt update && apt install -y --no-install-recommends ffmpeg

    Good:
        FROM debian:12.7
        RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg
    """
    call = manager_call(command)
    if call is None or command.program not in call.manager.for_people:
        return
    manager, word = call.manager, command.words[0]
    better = f"{manager.programs[0]}"
    queries = call.words.verb(_QUERIES)[0]
    fits = call.words.verb((*manager.installs, *manager.upgrades, *manager.refresh, *_ALIKE))[0]
    fits = fits or call.words.verb((*manager.removes, *manager.cleaning))[0]
    if queries:
        better = "apt-cache"
    plain = word.raw.endswith(command.program) and bool(queries or fits)
    name = Span(word.span.end - len(command.program), word.span.end)
    yield ctx.finding(
        word,
        f"`{command.program}` is made for people: what it takes and prints may change",
        help=f"use `{better}`",
        subject=call.words.operands[0].text if call.words.operands else command.program,
        fix=Fix(f"use {better}", (ctx.edit(name, better),), safe=True) if plain else None,
    )
