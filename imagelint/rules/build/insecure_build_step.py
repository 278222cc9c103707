"""The rule `insecure-build-step`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Instruction
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Instruction,
    Severity.HIGH,
    references=("semgrep run-security-insecure",),
    keywords=("RUN",),
)
def insecure_build_step(instruction: Instruction, ctx: Context) -> Findings:
    """A step of the build runs without a sandbox.

    `--security=insecure` gives it all capabilities on the machine that builds: a package that it
    installs, or the script of one, can change that machine, and every image that is built there
    later.

    Bad:
        # syntax=docker/dockerfile:1
        FROM debian:12.7
        RUN --security=insecure make install

    Good:
        # syntax=docker/dockerfile:1
        FROM debian:12.7
        RUN make install
    """
    flag = instruction.flag("security")
    if flag is not None and isinstance(flag.value, Known) and flag.text == "insecure":
        yield ctx.finding(
            flag,
            "the step has all rights on the machine that builds",
            help="remove it, and do what needs such rights outside of the build",
            subject=flag.raw,
        )
