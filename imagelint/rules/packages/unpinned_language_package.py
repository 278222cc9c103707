"""The rule `unpinned-language-package`."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.languages import GEM, GO, NPM
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.queries.pins import already_installed, is_loose, listed, may_be_installed
from imagelint.documents.shell.script import Command
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.documents.packages.model import PackageInstall, Requirement

_ANSWERS: Mapping[str, tuple[str, ...]] = {
    NPM.name: ("hadolint DL3016",),
    GEM.name: ("hadolint DL3028",),
    GO.name: ("hadolint DL3062",),
}


@rule(
    Command,
    Severity.LOW,
    references=tuple(chain.from_iterable(_ANSWERS.values())),
    programs=PACKAGE_PROGRAMS,
)
def unpinned_language_package(command: Command, ctx: Context) -> Findings:
    """A package of npm, RubyGems, crates.io or a Go module is installed in whatever version.

    The same Dockerfile gives another image next week, and whoever takes over the account of a
    maintainer is in it at once. The rule reads npm, yarn, pnpm, bun, Corepack, gem, cargo and go,
    also what is fetched to be started (`npx`, `pnpm dlx`, `yarn dlx`, `npm create`, `go run`).

    Except:
        Programs that `npx` and `bunx` may find installed: in a build behind an installation of the
        project or a copy of its files, elsewhere without `--yes`. What a lock file decides, local
        paths, commits and tags of versions in a repository, versions that depend on a variable, and
        `go run` of a package without `@`, whose version `go.mod` decides
        (https://pkg.go.dev/cmd/go#hdr-Compile_and_run_Go_program; hadolint wants one). A tag
        (`@latest`, `@next`) and a range (`@^1`, `#semver:^1`) are no versions, which hadolint takes
        for ones of npm: any that matches is installed
        (https://docs.npmjs.com/cli/commands/npm-install).

    Bad:
        FROM node:22.9.0-bookworm-slim
        RUN npm install --global pnpm && npm cache clean --force

    Good:
        FROM node:22.9.0-bookworm-slim
        RUN npm install --global pnpm@9.12.0 && npm cache clean --force
    """
    for install in package_installs(command):
        if install.ecosystem.is_system or install.ecosystem.holds_python:
            continue
        if already_installed(ctx.document, install):
            continue
        loose = [package for package in install.packages if is_loose(package)]
        if not loose:
            continue
        yield ctx.finding(
            loose[0],
            f"{listed(loose)} may come in another version with {command.place.again}",
            help=_help(install, loose[0]),
            subject=loose[0].name or loose[0].raw,
            references=() if install.run else _ANSWERS.get(install.manager.name, ()),
            confidence=Confidence.LIKELY if may_be_installed(install) else None,
        )


def _help(install: PackageInstall, package: Requirement) -> str:
    if not package.name:
        return "name the commit: `…#<40 hex digits>`"
    pinned = install.pin(package).of(package.name, "<version>")
    if install.verb in install.manager.upgrades:
        # npm takes no version there: https://docs.npmjs.com/cli/commands/npm-update
        return f"use `{install.manager.installs[0]}`, and name the version: `{pinned}`"
    return f"name the version: `{pinned}`"
