"""The rule `root-owned-copy`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.execution import names_root
from imagelint.documents.queries.stages import says, stages
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Document


@rule(
    Stage,
    Severity.LOW,
    references=("tally copy-after-user-without-chown",),
    keywords=("COPY", "ADD"),
)
def root_owned_copy(stage: Stage, ctx: Context) -> Findings:
    """Files are copied for a user who does not own them.

    COPY and ADD make files of root, whoever USER names: the server can read, and not write, what
    stands behind its USER. One finding speaks for a stage.

    Except: copies with `--chown`, and stages that are not shipped.

    Bad:
        FROM debian:12.7
        USER 10001
        COPY state /srv/state

    Good:
        FROM debian:12.7
        USER 10001
        COPY --chown=10001 state /srv/state
    """
    if not stage.shipped:
        return
    users = ctx.document.derived(_users)
    first, edits = None, []
    user = "" if stage.base_stage is None else users.get(stage.base_stage, "")
    for instruction in stage.instructions:
        if instruction.keyword == "USER" and instruction.words:
            word = instruction.words[0]
            user = word.text if isinstance(word.value, Known) else ""
        if instruction.keyword not in ("COPY", "ADD") or says(ctx.document, instruction, "chown"):
            continue
        name = user.partition(":")[0]
        if name and not names_root(name):
            first = first or (instruction, name)
            behind = Span(instruction.keyword_span.end, instruction.keyword_span.end)
            edits.append(ctx.edit(behind, f" --chown={user}"))
    if first is not None:
        yield ctx.finding(
            first[0].keyword_span,
            f"what is copied belongs to root, and not to `{first[1]}`",
            help="say whose it is: `--chown=<user>`",
            subject=first[0].value,
            fix=Fix("say whose it is", (*edits,)),
        )


def _users(document: Document) -> dict[int, str]:
    """Who is in force where each stage ends; empty where the base image decides."""
    found: dict[int, str] = {}
    for stage in stages(document):
        user = "" if stage.base_stage is None else found.get(stage.base_stage, "")
        for instruction in stage.of("USER")[-1:]:
            words = instruction.words
            user = words[0].text if words and isinstance(words[0].value, Known) else ""
        found[stage.index] = user
    return found
