"""The rule `start-in-background`."""

from __future__ import annotations

from imagelint.documents.dockerfile.model import Stage
from imagelint.knowledge.containers.daemons import PROGRAMS, may_leave
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(Stage, Severity.HIGH, programs=PROGRAMS)
def start_in_background(stage: Stage, ctx: Context) -> Findings:
    """What the image starts goes on in the background, and the container ends at once.

    A container lives as long as the program that it was started by. One that turns itself into a
    daemon (`service nginx start`, `gunicorn --daemon`, nginx without `daemon off`), or is put
    behind an `&` at the end, leaves nothing to wait for: the container exits with 0, and is started
    again and again.

    Except:
        What another program follows that stays, and servers that their files of settings may keep.

    Bad:
        FROM redis:7.4-alpine
        USER redis
        CMD ["redis-server", "--daemonize", "yes"]

    Good:
        FROM redis:7.4-alpine
        USER redis
        CMD ["redis-server", "--daemonize", "no"]
    """
    if not stage.final or not may_leave(ctx.source.text):
        return
    from imagelint.documents.queries.building.background import leaving_start

    found = leaving_start(ctx.document, stage)
    if found is not None:
        yield ctx.finding(
            found,
            f"`{found.program}` goes to the background, and the container ends",
            help=found.front,
            subject=found.program,
        )
