"""The rule `toolkit-cve-floor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.queries.exposure.holes import open_holes
from imagelint.documents.shared import ImageUse
from imagelint.documents.shell.script import Command
from imagelint.knowledge.advisories import product_of_image, product_of_package
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Node


@rule((ImageUse, Command), Severity.HIGH, programs=PACKAGE_PROGRAMS)
def toolkit_cve_floor(subject: ImageUse | Command, ctx: Context) -> Findings:
    """What hands GPUs to containers has holes through which a container gets out of itself.

    The container toolkit runs as root on the host whenever a container with a GPU starts, and
    several of its releases let an image decide what it does there: CVE-2024-0132, its bypass
    CVE-2025-23359, and CVE-2025-23266, which takes three lines of a Dockerfile. The GPU operator
    and the device plugin bring a toolkit of their own.

    Except:
        Images of others than NVIDIA, versions that a variable decides.

    Bad (daemonset.yaml):
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: plugin, namespace: kube-system}
        spec:
          selector: {matchLabels: {app: plugin}}
          template:
            metadata: {labels: {app: plugin}}
            spec:
              containers:
                - name: plugin
                  image: nvcr.io/nvidia/k8s-device-plugin:v0.17.1

    Good (daemonset.yaml):
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: plugin, namespace: kube-system}
        spec:
          selector: {matchLabels: {app: plugin}}
          template:
            metadata: {labels: {app: plugin}}
            spec:
              containers:
                - name: plugin
                  image: nvcr.io/nvidia/k8s-device-plugin:v0.19.1

    Bad:
        FROM ubuntu:24.04
        RUN apt-get update && apt-get install -y nvidia-container-toolkit=1.17.4-1

    Good:
        FROM ubuntu:24.04
        RUN apt-get update && apt-get install -y nvidia-container-toolkit=1.19.1-1
    """
    if isinstance(subject, ImageUse):
        if subject.known is not None and subject.final:
            product, version = product_of_image(subject.known)
            yield from _judged(subject, product, version, ctx)
        return
    for install in package_installs(subject):
        for package in install.packages if install.ecosystem.is_system else ():
            version = package.version.rpartition(":")[2].partition("-")[0].partition("~")[0]
            yield from _judged(package, product_of_package(package.name), version, ctx)


def _judged(at: Node, product: str, version: str, ctx: Context) -> Findings:
    holes = open_holes(product, version) if product and version else None
    if holes is not None:
        score = f" (CVSS {holes.worst.score:g})" if holes.worst.score else ""
        yield ctx.finding(
            at,
            f"{product} {version} has known holes, among them {holes.worst.id}{score}",
            help=f"take {holes.fixed} or newer",
            subject=f"{product} {version}",
        )
