"""The rule `lost-shell-state`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.packages.lookup import ACTIVATING
from imagelint.documents.queries.dockerfiles.runscripts import own_scripts
from imagelint.rules.api import Context, Findings, Severity, rule

_PROGRAMS = ("export", "source", ".", "alias", "umask", "ulimit", "", *ACTIVATING)


_LONGEST = 60


@rule(Stage, Severity.MEDIUM, programs=_PROGRAMS)
def lost_shell_state(stage: Stage, ctx: Context) -> Findings:
    """A RUN ends by setting what ends with it.

    Each RUN has a shell of its own. A variable that is exported, an environment that is activated,
    a limit that is set at its end hold for nothing: the next RUN, and the container, begin without
    them.

    Except: what other commands of the same RUN stand behind, and what is set under a condition.

    Bad:
        FROM python:3.13.1-slim
        RUN export PIP_INDEX_URL=https://pypi.example.com/simple
        RUN pip install --no-cache-dir numpy==2.1.3

    Good:
        FROM python:3.13.1-slim
        ENV PIP_INDEX_URL=https://pypi.example.com/simple
        RUN pip install --no-cache-dir numpy==2.1.3
    """
    from imagelint.documents.queries.dockerfiles.lostshell import set_last

    for script in own_scripts(stage):
        for command, help_ in set_last(script):
            written = ctx.document.written(command.span)
            what = written if len(written) < _LONGEST else command.program or "this"
            yield ctx.finding(
                command,
                f"`{what}` holds until the end of this RUN, and nothing comes behind it",
                help=help_,
                subject=command.program,
            )
