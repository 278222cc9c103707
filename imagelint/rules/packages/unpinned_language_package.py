"""The rule `unpinned-language-package`."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.languages import GEM, GO, NPM
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.queries.pins import decided_elsewhere, is_loose
from imagelint.documents.shell.script import Command
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANSWERS: Mapping[str, tuple[str, ...]] = {
    NPM.name: ("hadolint DL3016",),
    GEM.name: ("hadolint DL3028",),
    GO.name: ("hadolint DL3062",),
}
_SHOWN = 5


@rule(
    Command,
    Severity.LOW,
    references=tuple(chain.from_iterable(_ANSWERS.values())),
    programs=PACKAGE_PROGRAMS,
)
def unpinned_language_package(command: Command, ctx: Context) -> Findings:
    """A package of npm, RubyGems, crates.io or a Go module is installed in whatever version.

    The same Dockerfile gives another image next week, and whoever takes over the account of a
    maintainer is in it at once. The rule reads npm, yarn, pnpm, bun, gem, cargo and go, also what
    `go run` fetches.

    Except:
        What a lock file decides, local paths, commits and tags of versions in a repository,
        versions that depend on a variable, and `go run` of a package without `@`, whose version
        `go.mod` decides (https://pkg.go.dev/cmd/go#hdr-Compile_and_run_Go_program; hadolint wants
        one). A tag (`@latest`, `@next`) and a range (`@^1`, `#semver:^1`) are no versions, which
        hadolint takes for ones of npm: any that matches is installed
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
        if decided_elsewhere(install) and not install.packages:
            continue
        loose = [package for package in install.packages if is_loose(package)]
        if not loose:
            continue
        names = list(dict.fromkeys(package.name or package.raw for package in loose))
        pin = install.manager.pin
        yield ctx.finding(
            loose[0],
            f"{_listed(names)} may come in another version with {command.place.again}",
            help=_help(loose[0].name, pin.of(loose[0].name, "<version>")),
            subject=names[0],
            references=_ANSWERS.get(install.manager.name, ()),
        )


def _help(name: str, pinned: str) -> str:
    return f"name the version: `{pinned}`" if name else "name the commit: `…#<40 hex digits>`"


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_SHOWN])
    more = len(names) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
