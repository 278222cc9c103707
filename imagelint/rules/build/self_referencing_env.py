"""The rule `self-referencing-env`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.stages import enclosing_stage, set_before
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Word

_REFERENCE = pattern(r"(?<!\\)\$(?:\{([A-Za-z_]\w*)|([A-Za-z_]\w*))", re.ASCII)


@rule(
    Instruction,
    Severity.MEDIUM,
    references=("hadolint DL3044", "droast DF062"),
    keywords=("ENV",),
)
def self_referencing_env(instruction: Instruction, ctx: Context) -> Findings:
    r"""An ENV uses a variable that it sets itself.

    All values of one ENV are made with what was set before it: the variable is empty there, or
    still has its old value.

    Except:
        A value that continues its own variable (`PATH=/app/bin:$PATH`), once, and variables which
        an instruction before has set.

    Bad:
        FROM alpine:3.20
        ENV HOME_FOLDER=/srv \
            MODELS=$HOME_FOLDER/models

    Good:
        FROM alpine:3.20
        ENV HOME_FOLDER=/srv
        ENV MODELS=$HOME_FOLDER/models
    """
    words = instruction.words if "=" in instruction.value.partition(" ")[0] else ()
    names = [word.raw.partition("=")[0] for word in words]
    stage = enclosing_stage(ctx.document, instruction.span)
    if len(names) < 2 or stage is None:  # noqa: PLR2004 - another one must be set
        return
    for number, word in enumerate(words):
        others = {*names[:number], *names[number + 1 :]}
        for match in _REFERENCE.finditer(word.raw):
            name = match[1] or match[2]
            again = name in names[:number] and name == names[number]
            if name not in others or (name == names[number] and not again):
                continue
            if not again and any(
                set_before(ctx.document, stage, (name,), instruction.keyword_span)
            ):
                continue
            start = word.span.start + match.start()
            yield ctx.finding(
                Span(start, start + len(match[0])),
                f"`{name}` is set by this very ENV, which does not see it yet",
                help=f"set `{name}` in an `ENV` before",
                subject=name,
                fix=_split(words, number, ctx),
            )
            break


def _split(words: tuple[Word, ...], number: int, ctx: Context) -> Fix | None:
    """Begin another ENV with a word; none where something stands between them."""
    if number == 0:
        return None
    gap = Span(words[number - 1].span.end, words[number].span.start)
    if ctx.text(gap).strip(" \t\\\n"):
        return None
    return Fix("begin another ENV there", (ctx.edit(gap, "\nENV "),))
