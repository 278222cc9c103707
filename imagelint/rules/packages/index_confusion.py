"""The rule `index-confusion`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.packages.requirements import Requirements
from imagelint.documents.queries.packages.indexes import indexes_mixed, mixed_with_pypi
from imagelint.documents.queries.pins import listed, loose_packages, loose_requirements
from imagelint.documents.shell.script import Command
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.packages.installs import Requirement
    from imagelint.documents.packages.model import PackageIndex


@rule(
    (Command, Requirements),
    Severity.MEDIUM,
    confidence=Confidence.LIKELY,
    programs=PACKAGE_PROGRAMS,
)
def index_confusion(subject: Command | Requirements, ctx: Context) -> Findings:
    """Packages without versions are taken from two indexes, whichever has the newer one.

    With `--extra-index-url` pip knows no order: it takes the highest version that any index has.
    Who registers the name of a private package on PyPI with a higher number is installed instead
    of it, which is how PyTorch's nightly builds were taken over in 2022. uv asks the first index
    that knows a name, unless `--index-strategy unsafe-…` switches that off.

    Except:
        Exact versions, hashes, constraints, `--index-url` alone; the index of PyTorch's releases,
        whose names belong to PyTorch on PyPI too.

    Bad:
        FROM python:3.13-slim
        RUN pip install --extra-index-url https://pypi.example.com/simple llm-tools

    Good:
        FROM python:3.13-slim
        RUN pip install --index-url https://pypi.example.com/simple llm-tools

    Bad (requirements.txt):
        --extra-index-url https://pypi.example.com/simple
        llm-tools

    Good (requirements.txt):
        --index-url https://pypi.example.com/simple
        llm-tools
    """
    if isinstance(subject, Requirements):
        yield from _judged(loose_requirements(subject, ctx.project), subject.indexes, ctx)
        return
    for install in package_installs(subject):
        asked = indexes_mixed(ctx.document, install)
        yield from _judged(loose_packages(install), asked, ctx)


def _judged(
    loose: tuple[Requirement, ...], indexes: tuple[PackageIndex, ...], ctx: Context
) -> Findings:
    mixed = mixed_with_pypi(indexes)
    loose = tuple(one for one in loose if not one.url)
    if not loose or mixed is None:
        return
    extra, written = mixed.second, ctx.document.written(mixed.second.span)
    variable = "" if written[:1] == "-" else written.partition("=")[0].partition(" ")[0]
    one = (
        f"set `{variable.replace('_EXTRA', '')}`"
        if variable
        else "name one index with `--index-url`"
    )
    fixable = len(indexes) == 1 and not variable
    yield ctx.finding(
        loose[0] if variable else extra,
        f"{listed(loose)} may come from {mixed.beside} as well as from "
        f"{mixed.names or 'the other index'}"
        f"{', which a variable names' if variable else ''}",
        help=f"pin exact versions with hashes, or {one}",
        notes=(ctx.note("here it is set", extra),) if variable else (),
        subject=loose[0].name,
        fix=ctx.reworded(extra, "--extra-index-url", "--index-url") if fixable else None,
    )
