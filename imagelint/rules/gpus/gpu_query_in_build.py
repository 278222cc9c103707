"""The rule `gpu-query-in-build`."""

from __future__ import annotations

from imagelint.documents.queries.gpus.buildqueries import ASKING, gpu_queries
from imagelint.documents.shell.script import Script
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Script, Severity.HIGH, references=("tally gpu/no-buildtime-gpu-queries",), programs=ASKING)
def gpu_query_in_build(script: Script, ctx: Context) -> Findings:
    """A step of the build asks for a GPU, and builds have none.

    `docker build` and BuildKit run steps without GPUs and without the driver: `nvidia-smi` is not
    there, so that the step fails, and `torch.cuda.is_available()` is false on every machine, so
    that the image is made for the CPU. Where it worked, the builder had the NVIDIA runtime as its
    default, and the next one has not.

    Except:
        Steps with a device (`RUN --device=nvidia.com/gpu=all`), queries whose failure is passed
        over (`|| true`, `A=$(nvidia-smi || true)`), conditions that choose only what is printed,
        and tests whether there is a program (`command -v`). What only prints an answer, hands it to
        a pipe or to another command, or goes on another way without one, is a low finding.

    Bad:
        FROM nvidia/cuda:12.8.1-devel-ubuntu24.04
        RUN nvidia-smi && make all
        CMD ["server"]

    Good:
        FROM nvidia/cuda:12.8.1-devel-ubuntu24.04
        RUN make all
        CMD ["server"]
    """
    for query in gpu_queries(ctx.document, script):
        yield ctx.finding(
            query.word,
            f"{query.what} while the image is built, where there is no GPU",
            help="drop it from the build, and ask when the container starts",
            subject=query.what,
            severity=None if query.fails else Severity.LOW,
            confidence=None if query.fails else Confidence.LIKELY,
        )
