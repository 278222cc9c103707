"""The rule `single-stage-build`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.stages import stage_scripts, stages
from imagelint.documents.queries.toolchain import (
    compilations,
    compiles_at_run_time,
    shipped_tools,
    toolchain_image,
    upon_devel,
)
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(
    Stage,
    Severity.LOW,
    confidence=Confidence.LIKELY,
    references=("tally prefer-multi-stage-build",),
)
def single_stage_build(stage: Stage, ctx: Context) -> Findings:
    """The only stage compiles programs and ships the toolchain with them.

    Compilers, headers, sources and object files stay in the image although only the result runs.
    A second stage that copies the result leaves them behind, and with them most of the size and
    most of what a scanner finds.

    Except:
        Images upon a `devel` base (`devel-final-stage` speaks about them) and servers that compile
        kernels while they run. tally speaks wherever something is installed or downloaded; what a
        stage leaves behind is what was needed to build
        (https://docs.docker.com/build/building/multi-stage/).

    Bad:
        FROM debian:12.7
        COPY . /src
        RUN apt-get update && apt-get install -y build-essential
        RUN make -C /src install
        CMD ["server"]

    Good:
        FROM debian:12.7 AS build
        COPY . /src
        RUN apt-get update && apt-get install -y build-essential
        RUN make -C /src install

        FROM debian:12.7-slim
        COPY --from=build /usr/local/bin/server /usr/local/bin/
        CMD ["server"]
    """
    if not stage.final or len(stages(ctx.document)) > 1 or upon_devel(stage):
        return
    scripts = stage_scripts(ctx.document, stage)
    compiling = [command for script in scripts for command in compilations(script)]
    tools = [
        tool.package.name
        for script in scripts
        for tool in shipped_tools(script)
        if not tool.headers
    ]
    if not compiling or not (tools or toolchain_image(stage.root_image)):
        return
    if compiles_at_run_time(ctx.document, stage):
        return
    with_what = f"`{tools[0]}`" if tools else "the compiler's image"
    yield ctx.finding(
        compiling[0].words[0],
        f"`{compiling[0].program}` builds in the only stage, which ships {with_what} as well",
        help="name this stage (`AS build`), begin another from a smaller base "
        "and `COPY --from=build` what it needs",
        subject=stage.name or "final stage",
    )
