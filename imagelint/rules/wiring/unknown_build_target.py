"""The rule `unknown-build-target`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.nearest import nearest
from imagelint.deployment.builds import build_in, stage_named
from imagelint.documents.builds import BuildTarget
from imagelint.documents.dockerfile.document import Dockerfile
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(BuildTarget, Severity.HIGH)
def unknown_build_target(target: BuildTarget, ctx: Context) -> Findings:
    """A build is to end with a stage that its Dockerfile does not have.

    The build ends with "target stage could not be found": nothing is made, and what runs is the
    image of before. Stages are found by their names in any case, or by their numbers from 0. Which
    Dockerfile a command line builds depends on where it is run: of it the finding is likely.

    Bad (compose.yaml):
        services:
          llm:
            build: {context: ., target: runtme}
        === Dockerfile
        FROM debian:12.7 AS runtime

    Good (compose.yaml):
        services:
          llm:
            build: {context: ., target: runtime}
        === Dockerfile
        FROM debian:12.7 AS runtime
    """
    origin = ctx.document.part_at(target.build.span.start).source.origin
    build = build_in(origin, target.build)
    found = ctx.project.document(build.dockerfile, Dockerfile) if build is not None else None
    if build is None or not isinstance(found, Known) or not found.value.stages:
        return
    if stage_named(found.value, build.target) is not None:
        return
    near = nearest(build.target, (stage.name for stage in found.value.stages))
    yield ctx.finding(
        target,
        f"`{build.target}` is no stage of {build.dockerfile}",
        help=f"write `{near}`" if near else "name a stage of the Dockerfile",
        subject=build.target,
        confidence=None if target.certain else Confidence.LIKELY,
    )
