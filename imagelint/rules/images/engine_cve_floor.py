"""The rule `engine-cve-floor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.image.layers.nodes import InstalledPackage
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.packages.requirements import Requirements
from imagelint.documents.queries.exposure.holes import open_holes, servers_of_images
from imagelint.documents.shared import ImageUse
from imagelint.documents.shell.script import Command
from imagelint.knowledge.engines import engine
from imagelint.knowledge.gpu_stack import ENGINE_PACKAGES
from imagelint.knowledge.recognition import engine_of_image
from imagelint.knowledge.versions import engine_version
from imagelint.rules.api import Confidence, Context, Finding, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.base import Node
    from imagelint.documents.packages.installs import Requirement
    from imagelint.documents.queries.exposure.holes import OpenHoles

_CRITICAL = 9.0  # CVSS


@rule((ImageUse, Command, Requirements, InstalledPackage), Severity.HIGH, programs=PACKAGE_PROGRAMS)
def engine_cve_floor(
    subject: ImageUse | Command | Requirements | InstalledPackage, ctx: Context
) -> Findings:
    r"""The release of the serving engine has known holes that a later one closes.

    Whoever may send a prompt may send what such a hole wants: pictures that overflow a decoder,
    models that bring code, sockets that unpickle what they get. One finding names the holes of
    one release and the first release without them, by the projects' advisories.

    Except:
        Holes below a CVSS score of 9 or of unknown score, and those that depend on something that
        is not seen (a model family, a transport), get a medium severity; those that depend on a
        flag or a variable that is not set are not counted. Versions are only read from tags of
        the projects' own images and from exact pins of their packages: vendors' builds carry
        fixes under numbers of their own.

    Bad (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.11.0
              args: [--model, Qwen/Qwen3-8B]

    Good (pod.yaml):
        apiVersion: v1
        kind: Pod
        metadata: {name: llm}
        spec:
          containers:
            - name: server
              image: vllm/vllm-openai:v0.32.0
              args: [--model, Qwen/Qwen3-8B]

    Bad:
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        RUN pip install --no-cache-dir sglang==0.5.9

    Good:
        FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
        RUN pip install --no-cache-dir sglang==0.5.15

    Bad (requirements.txt):
        sglang==0.5.9

    Good (requirements.txt):
        sglang==0.5.15

    Bad (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "usr/lib/python3/dist-packages/sglang-0.5.9.dist-info/METADATA",
           "content": "Name: sglang\nVersion: 0.5.9\n"}]}]}

    Good (image.json):
        {"inspected": "registry.example.com/llm:1", "config": {}, "layers": [{"files": [
          {"path": "usr/lib/python3/dist-packages/sglang-0.5.15.dist-info/METADATA",
           "content": "Name: sglang\nVersion: 0.5.15\n"}]}]}
    """
    if isinstance(subject, InstalledPackage):
        yield from _of_package(subject, ctx)
        return
    if isinstance(subject, Requirements):
        yield from _of_packages(subject.packages, ctx)
        return
    if isinstance(subject, Command):
        for install in package_installs(subject):
            if install.ecosystem.holds_python:
                yield from _of_packages(install.packages, ctx)
        return
    image = subject.known
    name = engine_of_image(image) if image is not None and subject.final else ""
    version = engine_version(name, image) if name and image is not None else None
    if isinstance(version, Known):
        server = servers_of_images(ctx.document).get(subject.span)
        if holes := open_holes(name, version.value, server):
            yield _finding(ctx, subject, name, version.value, holes)


def _of_packages(packages: Iterable[Requirement], ctx: Context) -> Findings:
    for package in packages:
        yield from _of_package(package, ctx)


def _of_package(package: Requirement | InstalledPackage, ctx: Context) -> Findings:
    name = ENGINE_PACKAGES.get(package.name, "")
    if name and package.version and (holes := open_holes(name, package.version)):
        yield _finding(ctx, package, name, package.version, holes)


def _finding(ctx: Context, at: Node, name: str, version: str, holes: OpenHoles) -> Finding:
    count = len(holes.certain) + len(holes.others)
    worst = holes.worst
    score = f" (CVSS {worst.score:g})" if worst.score else ""
    what = "a known hole" if count == 1 else f"{count} known holes, the worst"
    critical = any(advisory.score >= _CRITICAL for advisory in holes.certain)
    return ctx.finding(
        at,
        f"{engine(name).title} {version} has {what} {worst.id}{score}",
        help=f"take {holes.fixed} or newer, in which all that are listed are closed",
        notes=(ctx.note(f"open: {holes.listed}"),) if count > 1 else (),
        subject=f"{name} {version}",
        severity=None if critical else Severity.MEDIUM,
        confidence=None if holes.certain else Confidence.LIKELY,
    )
