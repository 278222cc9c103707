"""The rule `wget-and-curl`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.runscripts import run_scripts
from imagelint.rules.api import Context, Findings, Severity, rule

_BOTH = ("curl", "wget")


@rule(
    Stage,
    Severity.LOW,
    references=("hadolint DL4001", "Trivy DS-0014", "droast DF058"),
    programs=("wget", "curl"),
)
def wget_and_curl(stage: Stage, ctx: Context) -> Findings:
    """A stage downloads with both wget and curl.

    Two programs with two ways to handle certificates, proxies and failures are one more to
    install, to patch and to know. It is told once for a stage, where the second one begins;
    hadolint tells each further use.

    Bad:
        FROM debian:12.7
        RUN curl -fsSLO https://example.com/a
        RUN wget -q https://example.com/b

    Good:
        FROM debian:12.7
        RUN curl -fsSLO https://example.com/a
        RUN curl -fsSLO https://example.com/b
    """
    first = ""
    for script in run_scripts(stage):
        for command in script.of(*_BOTH):
            first = first or command.program
            if command.program != first:
                yield ctx.finding(
                    command.words[0],
                    f"{command.program} downloads here, and {first} before it",
                    help="use one of them",
                    subject=command.program,
                )
                return
