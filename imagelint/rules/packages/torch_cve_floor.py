"""The rule `torch-cve-floor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.execution import Phase
from imagelint.documents.image.layers.nodes import InstalledPackage
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.packages.model import Requirement
from imagelint.documents.packages.pep508 import holds_in_images
from imagelint.documents.packages.requirements import Requirements
from imagelint.documents.queries.exposure.holes import open_holes
from imagelint.documents.queries.packages.hashes import project_packages
from imagelint.documents.shell.script import Command
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterable

_TORCH = frozenset(("torch", "pytorch"))


@rule((Command, Requirements, InstalledPackage), Severity.MEDIUM, programs=PACKAGE_PROGRAMS)
def torch_cve_floor(subject: Command | Requirements | InstalledPackage, ctx: Context) -> Findings:
    r"""The pinned torch runs code that comes in a file of weights.

    `torch.load(…, weights_only=True)` was what kept pickled weights from running code, and before
    2.6.0 it could be got round (CVE-2025-32434, CVSS 9.3). Whoever can place a `.bin` or `.pt` in
    a model's repository owns the server that loads it.

    Except:
        Versions that are not exact: `unpinned-gpu-stack` and `unpinned-requirement` speak about
        those. Files for other purposes than an image are not told apart; what a pipeline installs
        on its own machine serves nobody.

    Bad:
        FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04
        RUN pip install --no-cache-dir torch==2.5.1

    Good:
        FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04
        RUN pip install --no-cache-dir torch==2.6.0

    Bad (requirements.txt):
        torch==2.4.0+cu121

    Good (requirements.txt):
        torch==2.8.0+cu128

    Bad (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "usr/lib/python3/dist-packages/torch-2.4.0.dist-info/METADATA",
           "content": "Name: torch\nVersion: 2.4.0+cu121\n"}]}]}

    Good (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "usr/lib/python3/dist-packages/torch-2.8.0.dist-info/METADATA",
           "content": "Name: torch\nVersion: 2.8.0+cu128\n"}]}]}
    """
    if isinstance(subject, InstalledPackage):
        yield from _judged((subject,), ctx)
        return
    if isinstance(subject, Requirements):
        yield from _judged(subject.packages, ctx)
        return
    for install in package_installs(subject) if subject.place.phase is not Phase.STEP else ():
        if install.ecosystem.holds_python:
            projects = project_packages(ctx.document, install)
            yield from _judged((*install.packages, *projects), ctx)


def _judged(packages: Iterable[Requirement | InstalledPackage], ctx: Context) -> Findings:
    for package in packages:
        if package.name not in _TORCH or not package.version:
            continue
        if isinstance(package, Requirement) and not holds_in_images(package.marker):
            continue
        holes = open_holes("torch", package.version)
        if holes is not None:
            yield ctx.finding(
                package,
                f"torch {package.version}: {holes.worst.id}, weights that are loaded may run code",
                help=f"take {holes.fixed} or newer, and load safetensors",
                subject=package.name,
            )
