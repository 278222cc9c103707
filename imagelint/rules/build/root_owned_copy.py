"""The rule `root-owned-copy`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.execution import names_root
from imagelint.documents.queries.stages import chain
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Document


@rule(Stage, Severity.LOW, references=("tally copy-after-user-without-chown",))
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
    user = _user_below(ctx.document, stage)
    for instruction in stage.instructions:
        if instruction.keyword == "USER" and instruction.words:
            word = instruction.words[0]
            user = word.text if isinstance(word.value, Known) else ""
        if instruction.keyword not in ("COPY", "ADD") or instruction.flag("chown") is not None:
            continue
        name = user.partition(":")[0]
        if name and not names_root(name):
            yield ctx.finding(
                instruction.keyword_span,
                f"what is copied belongs to root, and not to `{name}`",
                help="say whose it is: `--chown=<user>`",
                subject=instruction.value,
            )
            return


def _user_below(document: Document, stage: Stage) -> str:
    """Who is in force where a stage begins; empty where the base image decides."""
    for part in chain(document, stage)[1:]:
        for instruction in reversed(part.of("USER")):
            words = instruction.words
            return words[0].text if words and isinstance(words[0].value, Known) else ""
    return ""
