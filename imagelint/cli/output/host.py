"""What `imagelint host` asks and shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from imagelint.cli.output.streams import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from imagelint.cli.options.policy import PolicyOptions
    from imagelint.core.serving.host import HostReport
    from imagelint.documents.host.starts import Wish

RULES = (
    *("cuda-driver-floor", "cuda-driver-jit-gap", "gpu-too-old", "gpu-unknown-to-cuda"),
    *("kv-cache-too-small", "shm-missing", "shm-small", "tp-vs-gpus", "vram-weights-dont-fit"),
    *("tp-on-slices", "torch-index-vs-base"),
)
"""The rules that ask what hosts have."""


def wish(told: Mapping[str, str | int | bool]) -> Wish:
    """What is to start.

    Raises:
        click.BadParameter: that is no number of tokens.
    """
    from imagelint.documents.host.starts import Wish
    from imagelint.documents.serving.values import token_count

    length = str(told["max_model_len"])
    tokens = token_count(length) if length else 0
    if tokens is None:
        raise click.BadParameter(f"{length!r} is no number of tokens", param_hint="--max-model-len")
    return Wish(
        image=str(told["image"]),
        model=str(told["model"]),
        gpus=int(told["tp"]),
        quantization=str(told["quantization"]),
        tokens=tokens,
    )


def with_files(report: HostReport, policy: PolicyOptions, paths: tuple[str, ...]) -> HostReport:
    """The report with what the rules about hosts say of files, where the hosts are as this one."""
    from imagelint.core.serving.host import CheckState, HostCheck
    from imagelint.engine.decide import Expected, decide
    from imagelint.run.host.host import environment_of

    session = policy.open(paths, environment=environment_of(report.facts), only=RULES)
    result = session.suppress(session.check(paths, lambda _done, _of: None), paths=paths)
    verdict = decide(result.report, session.fail_on, (Expected(),), bounds=result.bounds)
    checks = [
        HostCheck(
            finding.rule,
            CheckState.BAD if finding.severity >= session.fail_on else CheckState.NOTE,
            f"{finding.location.origin}:{finding.location.start.line}: {finding.message}",
            finding.help,
        )
        for finding in verdict.report.findings
    ]
    if not verdict.report.examined:
        checks.append(HostCheck("files", CheckState.UNKNOWN, "there was no file to examine"))
    return report._replace(
        checks=(*report.checks, *checks),
        asked=(*report.asked, *paths),
        problems=(*report.problems, *verdict.report.problems),
    )


def show_host(report: HostReport, *, as_json: bool) -> int:
    """Write the report and give the exit code."""
    from imagelint.reporters.host import json, text

    say("".join((json if as_json else text).report(report)))
    return report.exit_code
