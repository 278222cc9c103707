"""The rule `unpinned-installer`."""

from __future__ import annotations

from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import INSTALLERS, PACKAGE_PROGRAMS
from imagelint.documents.packages.python import PIP, PIPX
from imagelint.documents.queries.pins import loose_packages, says_nothing
from imagelint.documents.shell.script import Command
from imagelint.rules.api import Context, Findings, Severity, rule

# hadolint takes ranges, branches and addresses of files for versions.
_ANSWERS = {PIP.name: ("hadolint DL3013",), PIPX.name: ("hadolint DL3013",)}


@rule(Command, Severity.INFO, references=("hadolint DL3013",), programs=PACKAGE_PROGRAMS)
def unpinned_installer(command: Command, ctx: Context) -> Findings:
    """What installs packages is itself installed in whatever version is newest.

    pip, setuptools, wheel, uv and poetry are not served, but they decide how everything else is
    resolved and built: a new major of setuptools has more than once broken builds in which nothing
    had changed. For those who want to build the same image again.

    Except:
        Constraint files, hashes and versions that depend on a variable.

    Bad:
        FROM python:3.12.7-slim
        RUN pip install --no-cache-dir --upgrade pip

    Good:
        FROM python:3.12.7-slim
        RUN pip install --no-cache-dir --upgrade pip==24.2
    """
    for install in package_installs(command):
        for package in loose_packages(install):
            if package.name in INSTALLERS:
                pinned = install.pin(package).of(package.name, "<version>")
                yield ctx.finding(
                    package,
                    f"`{package.name}` may come in another version with {command.place.again}",
                    help=f"name the version: `{pinned}`",
                    subject=package.name,
                    references=(
                        _ANSWERS.get(install.manager.name, ()) if says_nothing(package) else ()
                    ),
                )
