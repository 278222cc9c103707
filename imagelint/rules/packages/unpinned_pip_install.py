"""The rule `unpinned-pip-install`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.execution import Phase
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import INSTALLERS, PACKAGE_PROGRAMS
from imagelint.documents.packages.python import PIP, PIPX
from imagelint.documents.queries.pins import already_installed, listed, loose_packages, says_nothing
from imagelint.documents.shell.script import Command
from imagelint.knowledge.gpu_stack import GPU_STACK
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.packages.model import PackageInstall, Requirement

# hadolint takes ranges, branches and addresses of files for versions.
_ANSWERS = {PIP.name: ("hadolint DL3013",), PIPX.name: ("hadolint DL3013",)}


@rule(Command, Severity.LOW, references=("hadolint DL3013",), programs=PACKAGE_PROGRAMS)
def unpinned_pip_install(command: Command, ctx: Context) -> Findings:
    """A Python package is installed in whatever version is newest.

    The same Dockerfile gives another image next week, and nobody can build again what runs today.
    A pod or service that installs when it starts gets it at any restart, and needs the index to be
    up.
    The rule reads what installs from PyPI (pip, uv, pipx, poetry, pdm) and from conda's channels,
    and what fetches a program to start it (`uvx`, `pipx run`).

    Except:
        Constraint files, lock files, hashes, local paths, `git+…@<commit>`, versions that depend
        on a variable, and the installers themselves. Packages of the GPU stack are judged by
        `unpinned-gpu-stack`, requirements files by `unpinned-requirement`. A range, an exclusion,
        a branch and an address without a hash (`!=1.0`, `@main`, `https://…/a.zip`) are no pins
        here, although hadolint takes them for some: pip repeats an installation of `==` and hashes
        (https://pip.pypa.io/en/stable/topics/repeatable-installs/).

    Bad:
        FROM python:3.12.7-slim
        RUN pip install --no-cache-dir fastapi "uvicorn>=0.30"

    Good:
        FROM python:3.12.7-slim
        RUN pip install --no-cache-dir fastapi==0.115.2 uvicorn==0.32.0
    """
    for install in package_installs(command):
        if already_installed(ctx.document, install):
            continue
        loose = [
            package
            for package in loose_packages(install)
            if package.name not in GPU_STACK and package.name not in INSTALLERS
        ]
        if not loose:
            continue
        yield ctx.finding(
            loose[0],
            f"{listed(loose)} may come in another version with {command.place.again}",
            help=_help(install, loose[0]),
            subject=loose[0].name or loose[0].raw,
            references=(
                _ANSWERS.get(install.manager.name, ()) if any(map(says_nothing, loose)) else ()
            ),
        )


def _help(install: PackageInstall, package: Requirement) -> str:
    if install.run is not None and package.name and not package.url:
        return f"name the version: `{install.pin(package).of(package.name, '<version>')}`"
    return _BAKE + _PIN if install.command.place.phase is Phase.START else _PIN


_PIN = "pin each with `==`, or install from a lock file with hashes"
_BAKE = "install them when the image is built, and "
