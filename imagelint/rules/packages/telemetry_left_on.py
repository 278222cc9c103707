"""The rule `telemetry-left-on`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.queries.stages import chain, server_of, stage_scripts
from imagelint.knowledge.dockerfile.telemetry import OF_PROGRAMS, TELEMETRY
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.base import Node
    from imagelint.knowledge.dockerfile.telemetry import Telemetry


@rule(
    Stage,
    Severity.LOW,
    confidence=Confidence.LIKELY,
    references=("tally prefer-telemetry-opt-out",),
)
def telemetry_left_on(stage: Stage, ctx: Context) -> Findings:
    """What the image runs reports its use to its makers.

    vLLM, Ray, Gradio and others send what they run on, how, and how often, unless a variable tells
    them not to. In a closed network each start waits for a time-out.

    Except:
        Any value of such a variable: somebody has thought of it. Tools that have no part in serving
        models (.NET, PowerShell, Homebrew), of which tally speaks as well.

    Bad:
        FROM python:3.12.7-slim
        RUN pip install --no-cache-dir gradio==5.4.0

    Good:
        FROM python:3.12.7-slim
        ENV GRADIO_ANALYTICS_ENABLED=False
        RUN pip install --no-cache-dir gradio==5.4.0
    """
    if not stage.final:
        return
    told: set[str] = set()
    start = stage.instructions[0]
    for place, telemetry in _installed(stage, ctx):
        if telemetry.title in told or any(name in stage.env for name in telemetry.variables):
            continue
        told.add(telemetry.title)
        own = stage.instruction_at(place.span.start)
        at = own.span._replace(end=own.span.start) if own and own is not start else None
        yield ctx.finding(
            place,
            f"{telemetry.title} reports its use to its makers",
            help=f"set `ENV {telemetry.setting}`",
            subject=telemetry.title,
            fix=Fix("end it", (ctx.edit(at, f"ENV {telemetry.setting}\n"),)) if at else None,
        )


def _installed(stage: Stage, ctx: Context) -> Iterator[tuple[Node, Telemetry]]:
    server = server_of(ctx.document)
    engine = server.facts.name if server is not None and server.facts else ""
    if engine in TELEMETRY and stage.root_image is not None:
        yield chain(ctx.document, stage)[-1].instructions[0].words[0], TELEMETRY[engine]
    for script in stage_scripts(ctx.document, stage):
        for command in script.commands:
            if command.program in OF_PROGRAMS:
                yield command.words[0], OF_PROGRAMS[command.program]
            for install in package_installs(command):
                for package in install.packages if install.ecosystem.holds_python else ():
                    if package.name in TELEMETRY:
                        yield package, TELEMETRY[package.name]
