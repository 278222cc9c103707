"""The rule `outside-context`."""

from __future__ import annotations

from posixpath import dirname, normpath

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.context import context_folder, sources
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(
    Instruction,
    Severity.HIGH,
    references=("dockerfilelint add_src_invalid",),
    keywords=("ADD", "COPY"),
)
def outside_context(instruction: Instruction, ctx: Context) -> Findings:
    """A file is copied from outside of the build context.

    The builder is sent the context alone. It takes `../` for the context itself, and finds nothing
    there, or a file of that name.

    Except:
        `COPY .. .` in a Dockerfile below the folder where it is looked for: the context may be the
        folder above, all of which it takes. The same of `COPY ../server /server` in a folder that
        projects set aside for Dockerfiles (`docker/`), which BuildKit looks for in the folder
        above; in other folders the finding is only likely.

    Bad:
        FROM alpine:3.20
        COPY ../server /server

    Good:
        FROM alpine:3.20
        COPY server /server
    """
    for word in sources(instruction):
        if not isinstance(word.value, Known) or "://" in word.text:
            continue
        path = normpath(word.text)
        if path.startswith("../") or path == "..":
            depth = _depth(dirname(ctx.source.origin))
            if path.endswith("..") and depth:
                continue  # however often one goes up, it is the context as a whole
            ups = path.split("/").count("..")
            if 0 < ups == depth - _depth(context_folder(ctx.document)):
                continue  # BuildKit drops the dots, and what is meant lies there
            yield ctx.finding(
                word,
                f"`{word.text}` lies outside of the build context",
                help="build with the folder above as context, and name the file from there",
                subject=word.text,
                confidence=Confidence.LIKELY if ups <= depth else None,
            )


def _depth(folder: str) -> int:
    return folder.count("/") + 1 if folder else 0
