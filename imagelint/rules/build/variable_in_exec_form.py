"""The rule `variable-in-exec-form`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule


@rule(Stage, Severity.HIGH, confidence=Confidence.LIKELY, keywords=("CMD", "ENTRYPOINT"))
def variable_in_exec_form(stage: Stage, ctx: Context) -> Findings:
    """A program is started with the name of a variable where its value is meant.

    The JSON form of CMD and ENTRYPOINT has no shell: the program is told `$PORT`, five characters,
    whatever `PORT` is set to, and ends because that is no number. Servers of models are told by
    `variable-without-shell`.

    Except:
        Words for a shell, for programs that fill variables in by themselves, and for entry points
        that are not known.

    Bad:
        FROM python:3.13.1-slim
        ENV PORT=8000
        USER 10001
        CMD ["python", "-m", "http.server", "$PORT"]

    Good:
        FROM python:3.13.1-slim
        USER 10001
        CMD ["python", "-m", "http.server", "8000"]
    """
    if not stage.final or "$" not in ctx.source.text:
        return
    from imagelint.documents.queries.building.execform import unfilled_words

    for word, name, program in unfilled_words(ctx.document, stage):
        yield ctx.finding(
            word,
            f"`{word.text}` reaches `{program}` as it is: no shell fills `{name}` in",
            help="write its value, or start a shell that fills it in: "
            f"`sh -c 'exec … \"${name}\"'`",
            subject=name,
        )
