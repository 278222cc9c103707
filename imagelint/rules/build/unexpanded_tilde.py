"""The rule `unexpanded-tilde`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Instruction
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

_KEYWORDS = ("ADD", "COPY", "ENV", "RUN", "VOLUME", "WORKDIR")


@rule(Instruction, Severity.MEDIUM, keywords=_KEYWORDS)
def unexpanded_tilde(instruction: Instruction, ctx: Context) -> Findings:
    """A tilde stands where no shell makes a home folder of it.

    BuildKit takes it as a letter: `COPY settings ~/` makes a folder of the name `~` below the
    working directory, a cache mounted at `~/.cache/pip` is one that no program looks into, and
    what looks through `PATH` finds nothing there.

    Except: scripts of RUN, whose shell knows it, and variables which programs expand themselves.

    Bad:
        FROM python:3.13.1-slim
        WORKDIR /app
        COPY matplotlibrc ~/.config/matplotlib/

    Good:
        FROM python:3.13.1-slim
        WORKDIR /app
        COPY matplotlibrc /root/.config/matplotlib/
    """
    if "~" not in ctx.text(instruction.span):
        return
    from imagelint.documents.queries.dockerfiles.tildes import tildes

    for span, path, likely in tildes(instruction):
        yield ctx.finding(
            span,
            f"`{path}` lies in a folder that is called `~`",
            help="write the whole path of the home folder, such as `/root/…`",
            subject=path,
            confidence=Confidence.LIKELY if likely else None,
        )
