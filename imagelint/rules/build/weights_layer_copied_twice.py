"""The rule `weights-layer-copied-twice`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.weights.layers import CHANGING, copied_twice
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Stage, Severity.MEDIUM, programs=CHANGING)
def weights_layer_copied_twice(stage: Stage, ctx: Context) -> Findings:
    """Gigabytes of an earlier layer are written a second time.

    A layer holds whole files: to change the owner or the mode of a file, or to move it, writes it
    anew. Behind a download of weights or a virtual environment, `chown -R` makes the image
    twice as large and every pull twice as long. `COPY --chown` and the same RUN write it once.

    Except:
        The same RUN, stages that are not shipped.

    Bad:
        FROM python:3.13-slim
        RUN hf download Qwen/Qwen3-8B --local-dir /models/qwen3
        RUN chown -R 10001:10001 /models
        USER 10001

    Good:
        FROM python:3.13-slim
        RUN hf download Qwen/Qwen3-8B --local-dir /models/qwen3 && chown -R 10001:10001 /models
        USER 10001
    """
    for found in copied_twice(stage) if stage.shipped else ():
        yield ctx.finding(
            found.command,
            f"`{found.program}` writes {found.path} a second time: it is {found.what}",
            help=f"run `{found.program}` in the instruction that makes them",
            subject=found.path,
        )
