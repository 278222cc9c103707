"""The rule `constant-platform`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.model import Stage
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

# https://github.com/containerd/platforms/blob/main/database.go
_ARCHITECTURES: Mapping[str, str] = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "aarch64": "arm64",
    "i386": "386",
    "armhf": "arm",
}


@rule(
    Stage,
    Severity.LOW,
    references=("hadolint DL3029", "BuildKit FromPlatformFlagConstDisallowed", "droast DF061"),
)
def constant_platform(stage: Stage, ctx: Context) -> Findings:
    """FROM says for which platform it is, whatever platform is built for.

    An image for Arm is then made of files for x86, and runs nowhere, or slowly in emulation.
    `docker build --platform` says it where it belongs.

    Except:
        Stages whose names tell the platform (`AS build-amd64`), and platforms that a variable
        decides, which hadolint reports as well.

    Bad:
        FROM --platform=linux/amd64 python:3.12.7-slim

    Good:
        FROM python:3.12.7-slim
    """
    flag = stage.instructions[0].flag("platform")
    if flag is None or not flag.written or "$" in flag.written:
        return
    first, _, rest = flag.written.lower().partition("/")
    architecture = (rest or first).partition("/")[0]
    architecture = _ARCHITECTURES.get(architecture, architecture)
    system = first if rest else "linux"
    if stage.name and (system in stage.name or architecture in stage.name):
        return
    yield ctx.finding(
        flag,
        f"the platform is always {flag.written[:40]}",
        help="remove it, and say `--platform` where the image is built (or name the stage after "
        "its platform)",
        subject=flag.written,
    )
