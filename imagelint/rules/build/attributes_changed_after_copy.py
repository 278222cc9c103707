"""The rule `attributes-changed-after-copy`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.rewritten import rewritten_copies
from imagelint.documents.queries.weights.layers import copied_twice
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Stage, Severity.INFO, references=("tally prefer-copy-chmod",))
def attributes_changed_after_copy(stage: Stage, ctx: Context) -> Findings:
    """A RUN changes owner or mode of files that a COPY has brought.

    A layer holds whole files: the image then has each of them twice, once as it was copied and once
    as it was changed. `COPY --chown` and `COPY --chmod` write them once, and a build without cache
    has one step less. Of weights and virtual environments, where it is gigabytes,
    `weights-layer-copied-twice` speaks.

    Except:
        Stages that are not shipped, paths that a variable names, and what a RUN itself has made.
        The mode of a folder alone, without what lies within: no file is written again. tally, which
        speaks of a COPY and the `chmod` right behind it in any stage, places that at the COPY.

    Bad:
        FROM debian:12.7
        COPY src /app
        RUN chown -R 10001 /app

    Good:
        FROM debian:12.7
        COPY --chown=10001 src /app
    """
    changes = tuple(rewritten_copies(stage)) if stage.shipped else ()
    larger = {found.command.span for found in copied_twice(stage)} if changes else set()
    for found in changes:
        if found.command.span in larger:
            continue
        yield ctx.finding(
            found.word,
            f"`{found.command.program}` writes `{found.path}`, which was copied, a second time",
            help=f"let {found.copy.keyword} do it: `--{found.flag}=…`",
            notes=(ctx.note("here it is copied", found.copy),),
            subject=found.path,
        )
