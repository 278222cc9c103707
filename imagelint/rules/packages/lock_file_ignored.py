"""The rule `lock-file-ignored`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.execution import Phase
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.queries.packages.locks import ignored_locks
from imagelint.documents.queries.packages.wording import subcommand, word_behind
from imagelint.documents.shell.script import Script
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.queries.packages.locks import IgnoredLock


@rule(Script, Severity.INFO, programs=PACKAGE_PROGRAMS)
def lock_file_ignored(script: Script, ctx: Context) -> Findings:
    """A lock file is there, and the installation does not obey it.

    `npm install`, `yarn`, `pnpm install`, `bun install` and `uv sync` resolve anew, and say
    nothing, where the lock file does not fit; `cargo install --path` and `pip install .` do not
    even look, and `npm update` and its kin write it anew. Then the image holds versions that nobody
    has tested. Told to obey, they stop.

    Except:
        Packages that are named on the command line, tools that are installed globally, `CI` and
        `UV_FROZEN` where they say the same, and lock files that are neither copied by name nor
        known to lie in the context that is copied.

    Bad:
        FROM node:22.11.0-slim
        COPY package.json package-lock.json ./
        RUN npm install

    Good:
        FROM node:22.11.0-slim
        COPY package.json package-lock.json ./
        RUN npm ci
    """
    if script.place.phase is not Phase.BUILD:
        return
    for found in ignored_locks(ctx.document, script):
        install = found.install
        help_, fix = _way_out(found, ctx)
        does = "may take other versions than" if found.read else "does not read"
        yield ctx.finding(
            subcommand(install.command, install),
            f"`{install.manager.name} {install.verb}` {does} `{found.file}`"
            + (" holds" if found.read else ""),
            help=help_,
            subject=found.file,
            fix=fix,
        )


def _way_out(found: IgnoredLock, ctx: Context) -> tuple[str, Fix | None]:
    install, lock = found.install, found.install.manager.lock
    verb = subcommand(install.command, install)
    if found.command:
        return f"install what it holds: `{found.command}`", None
    if not lock.options:
        changed = install.verb if verb.text == install.verb else ""
        edit = ctx.edit(verb.span, verb.raw.replace(changed, lock.verbs[0])) if changed else None
        title = f"`{install.manager.name} {lock.verbs[0]}`"
        return f"use {title}", Fix(title.strip("`"), (edit,), safe=False) if edit else None
    option = lock.options[0]
    behind = word_behind(ctx.document, install.command, verb, option)
    edit = ctx.edit(Span(verb.span.end, verb.span.end), behind) if behind else None
    return f"add `{option}`", Fix(f"add {option}", (edit,), safe=False) if edit else None
