"""The rule `python-output-buffered`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import StartCommand
from imagelint.documents.packages.python import is_python
from imagelint.documents.queries.dockerfiles.runscripts import letters
from imagelint.documents.queries.dockerfiles.startforms import final_stage
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command

_VARIABLE = "PYTHONUNBUFFERED"


@rule(StartCommand, Severity.LOW, confidence=Confidence.LIKELY, references=("droast DF032",))
def python_output_buffered(start: StartCommand, ctx: Context) -> Findings:
    """Python keeps back what it prints.

    Without a terminal it writes its output in blocks: the last words of a server that crashes,
    the ones that say why, are never seen.

    Except: `python -u`, Python without a program, and images in which anything sets the variable.

    Bad:
        FROM python:3.12.7-slim
        CMD ["python", "serve.py"]

    Good:
        FROM python:3.12.7-slim
        ENV PYTHONUNBUFFERED=1
        CMD ["python", "serve.py"]
    """
    stage = final_stage(ctx.document)
    if not start.final or start.script is None or stage is None or _VARIABLE in stage.env:
        return
    last = start.script.commands[-1] if start.script.commands else None
    if last is None or not last.arguments or not is_python(last.program) or _says_so(last):
        return
    instruction = start.instruction
    at = Span(instruction.span.start, instruction.span.start)
    own = any(one is instruction for one in stage.instructions)
    yield ctx.finding(
        instruction.keyword_span,
        f"what `{last.program}` prints before it crashes is lost in a buffer",
        help=f"set `ENV {_VARIABLE}=1`",
        subject=instruction.keyword,
        fix=Fix(f"set {_VARIABLE}", (ctx.edit(at, f"ENV {_VARIABLE}=1\n"),)) if own else None,
    )


def _says_so(command: Command) -> bool:
    if any(one.name == _VARIABLE for one in command.environment):
        return True
    for word in command.arguments:
        if not word.text.startswith("-"):
            return False
        if "u" in letters(word, "cmWX"):
            return True
    return False
