"""The rule `index-confusion`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.packages.requirements import Requirements
from imagelint.documents.queries.packages.indexes import (
    mixed_with_pypi,
    takes_the_newest_of_all,
)
from imagelint.documents.queries.pins import loose_packages, loose_requirements
from imagelint.documents.shell.script import Command
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.packages.installs import Requirement
    from imagelint.documents.packages.model import PackageIndex

_SHOWN = 3


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
        if takes_the_newest_of_all(install):
            yield from _judged(loose_packages(install), install.indexes, ctx)


def _judged(
    loose: tuple[Requirement, ...], indexes: tuple[PackageIndex, ...], ctx: Context
) -> Findings:
    mixed = mixed_with_pypi(indexes)
    loose = tuple(one for one in loose if not one.url)
    if not loose or mixed is None:
        return
    extra = mixed.second
    names = ", ".join(f"`{one.name or one.raw}`" for one in loose[:_SHOWN])
    more = " …" if len(loose) > _SHOWN else ""
    where = mixed.names or "the other index"
    yield ctx.finding(
        extra,
        f"{names}{more} may come from PyPI as well as from {where}",
        help="pin exact versions with hashes, or name one index with `--index-url`",
        subject=loose[0].name,
        fix=ctx.reworded(extra, "--extra-index-url", "--index-url") if len(indexes) == 1 else None,
    )
