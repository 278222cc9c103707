"""The rule `deprecated-gpu-package`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.packages.packagemanager import Ecosystem
from imagelint.documents.packages.requirements import Requirements
from imagelint.documents.shell.script import Command
from imagelint.knowledge.gpu_stack import ended_package
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.packages.installs import Requirement

_NAME = pattern(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@rule((Command, Requirements), Severity.HIGH, references=("env-doctor",), programs=PACKAGE_PROGRAMS)
def deprecated_gpu_package(subject: Command | Requirements, ctx: Context) -> Findings:
    """A package for GPUs is installed that has ended, or never was one.

    `tensorflow-gpu` is an empty package whose installation fails, `pytorch` tells to install
    `torch`, and what is archived gets no more releases for new versions of torch and CUDA.

    Except:
        Exact versions from the time in which there was one.

    Bad:
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        RUN pip install --no-cache-dir tensorflow-gpu

    Good:
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        RUN pip install --no-cache-dir tensorflow

    Bad (requirements.txt):
        pytorch

    Good (requirements.txt):
        torch
    """
    if isinstance(subject, Requirements):
        yield from _judged(subject.packages, ctx)
        return
    for install in package_installs(subject):
        if install.ecosystem is Ecosystem.PYPI:
            yield from _judged(install.packages, ctx)


def _judged(packages: Iterable[Requirement], ctx: Context) -> Findings:
    for package in packages:
        ended = ended_package(package.name, package.version)
        if ended is not None and not package.url:
            yield ctx.finding(
                package,
                f"`{package.name}` {ended.why}",
                help=f"install `{ended.instead}`",
                subject=package.name,
                fix=_renamed(package, ended.instead, ctx),
                severity=None if ended.fails else Severity.MEDIUM,
                confidence=None if ended.fails else Confidence.LIKELY,
            )


def _renamed(package: Requirement, instead: str, ctx: Context) -> Fix | None:
    """Another name, where nothing but a name is written: the versions of the other are others."""
    written = ctx.text(package.span).strip("\"'")
    if written.lower() != package.name.lower() or not _NAME.fullmatch(instead):
        return None
    start = package.span.start + ctx.text(package.span).index(written)
    return Fix(f"write {instead}", (ctx.edit(Span(start, start + len(written)), instead),))
