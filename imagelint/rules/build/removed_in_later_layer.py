"""The rule `removed-in-later-layer`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Stage, Severity.LOW, programs=("rm", "unlink", *PACKAGE_PROGRAMS))
def removed_in_later_layer(stage: Stage, ctx: Context) -> Findings:
    r"""A step removes what the layer before it keeps all the same.

    A layer only hides what lies below it: the archive, the compiler or the key is pulled with every
    image, and who pulls it can take it out. What goes in the step that brought it was never there.

    Except:
        Stages that are not shipped, small files that are copied, and what the same step brings.

    Bad:
        FROM debian:12.8-slim
        COPY driver.run /tmp/driver.run
        RUN sh /tmp/driver.run --silent
        RUN rm /tmp/driver.run

    Good:
        FROM debian:12.8-slim
        RUN --mount=type=bind,source=driver.run,target=/tmp/driver.run \
            sh /tmp/driver.run --silent
    """
    if not stage.shipped:
        return
    from imagelint.documents.queries.building.latelayers import late_removals

    for found in late_removals(ctx.document, stage):
        yield ctx.finding(
            found,
            f"`{found.what}` stays in the layer that brought it",
            help=_MOUNT if found.copied else _TOGETHER,
            notes=(ctx.note("here it was brought", found.brought),),
            subject=found.what,
        )


_TOGETHER = "do both in one RUN, or in a stage that is not shipped"
_MOUNT = "mount it for the step that needs it: `RUN --mount=type=bind,source=…,target=…`"
