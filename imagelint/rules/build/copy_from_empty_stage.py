"""The rule `copy-from-empty-stage`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Instruction, Stage
from imagelint.documents.dockerfile.vocabulary import origins_of
from imagelint.documents.queries.stages import chain, stages
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Document

_FILLING = ("ADD", "COPY", "RUN", "WORKDIR")


@rule(Stage, Severity.HIGH, references=("tally copy-from-empty-scratch-stage",), keywords=("COPY",))
def copy_from_empty_stage(stage: Stage, ctx: Context) -> Findings:
    """Files are taken from a stage in which there are none.

    The stage begins from scratch and nothing puts a file into it: the build ends with "not found".

    Except:
        Copies of all that there is (`COPY --from=files / /`) and mounts, which do not mind. A stage
        that is nothing but `FROM scratch AS <name>` may hold the place of a context of that name
        (`docker build --build-context`): of it the finding is only likely.

    Bad:
        FROM scratch AS files
        LABEL purpose=files
        FROM debian:12.7
        COPY --from=files /server /server

    Good:
        FROM scratch AS files
        COPY server /server
        FROM debian:12.7
        COPY --from=files /server /server
    """
    named_so = ctx.document.derived(_stages_by_name)
    for instruction in stage.of("COPY"):
        for source in origins_of(instruction):
            if not isinstance(source.value, Known) or not _names_files(instruction):
                continue
            named = source.value.value.lower()
            found = named_so.get(named)
            if found is None or not _is_empty(found, ctx):
                continue
            yield ctx.finding(
                source,
                f"nothing puts a file into the stage `{named}`",
                help="copy the files into it, or take them from elsewhere",
                subject=named,
                confidence=None if found.instructions[1:] else Confidence.LIKELY,
            )


def _stages_by_name(document: Document) -> dict[str, Stage]:
    """The first stage of each name; its number is one, too."""
    found: dict[str, Stage] = {}
    for stage in stages(document):
        for name in filter(None, (stage.name, str(stage.index))):
            found.setdefault(name, stage)
    return found


def _names_files(instruction: Instruction) -> bool:
    return any(
        word.text.strip("./") and not any(mark in word.text for mark in "*?[")
        for word in instruction.words[:-1]
    )


def _is_empty(stage: Stage, ctx: Context) -> bool:
    parts = chain(ctx.document, stage)
    return parts[-1].scratch and not any(part.of(*_FILLING) for part in parts)
