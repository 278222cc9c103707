"""The rule `build-tools-in-final-stage`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.stages import stage_scripts, stages
from imagelint.documents.queries.toolchain import (
    compilations,
    compiles_at_run_time,
    shipped_tools,
    upon_devel,
)
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Stage, Severity.LOW, confidence=Confidence.LIKELY)
def build_tools_in_final_stage(stage: Stage, ctx: Context) -> Findings:
    """Compilers or other build tools are installed in the shipped image.

    They cost hundreds of megabytes, come with their own vulnerabilities, and serve an attacker
    better than the server. Install them in a stage of their own, or remove them in the same RUN.
    Headers without a compiler (`libssl-dev` for `libssl3`) are only information.

    Except:
        Tools that the same RUN removes, servers that compile kernels while they run, images upon a
        `devel` base (`devel-final-stage`) and single stages that compile (`single-stage-build`).

    Bad:
        FROM python:3.12.7-slim
        RUN apt-get update && apt-get install -y --no-install-recommends gcc

    Good:
        FROM python:3.12.7-slim AS build
        RUN apt-get update && apt-get install -y --no-install-recommends gcc
        RUN pip wheel --wheel-dir /wheels annoy==1.17.3

        FROM python:3.12.7-slim
        COPY --from=build /wheels /wheels
    """
    if not stage.final or upon_devel(stage):
        return
    scripts = stage_scripts(ctx.document, stage)
    tools = [tool for script in scripts for tool in shipped_tools(script)]
    if not tools or compiles_at_run_time(ctx.document, stage):
        return
    alone = len(stages(ctx.document)) == 1
    if alone and any(compilations(script) for script in scripts):
        return
    tools.sort(key=lambda tool: tool.headers)
    only_headers = tools[0].headers
    names = list(dict.fromkeys(tool.package.name for tool in tools))
    listed = ", ".join(f"`{name}`" for name in names[:4]) + (", …" if len(names) > 4 else "")  # noqa: PLR2004
    yield ctx.finding(
        tools[0].package,
        f"the shipped image holds {'headers' if only_headers else 'build tools'}: {listed}",
        help="install the libraries without their headers"
        if only_headers
        else "install them in a build stage and copy the results, "
        "or remove them at the end of the same RUN",
        subject=stage.name or "final stage",
        severity=Severity.INFO if only_headers else None,
    )
