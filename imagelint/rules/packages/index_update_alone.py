"""The rule `index-update-alone`."""

from __future__ import annotations

from imagelint.documents.execution import Phase
from imagelint.documents.packages.installs import refreshed_manager
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.queries.packages.caches import Removals
from imagelint.documents.queries.packages.installing import lone_refresh
from imagelint.documents.shell.script import Script
from imagelint.rules.api import Context, Findings, Severity, rule


@rule(
    Script,
    Severity.MEDIUM,
    references=("Trivy DS-0017", "Checkov CKV_DOCKER_5", "Dockle CIS-DI-0007"),
    programs=PACKAGE_PROGRAMS,
)
def index_update_alone(script: Script, ctx: Context) -> Findings:
    """The index of packages is fetched in a RUN that installs nothing.

    Its layer is kept and used again until the line changes. A later RUN that installs then works
    with the index of that day: it misses security updates, or asks for files that the archive has
    removed ("404 Not Found"). Managers that look by themselves whether their index is too old
    (apk, dnf) do not fail, but the layer is of no use.

    Except:
        A RUN that brings everything up to date, or starts a script or program that may install.

    Bad:
        FROM debian:12.7
        RUN apt-get update
        RUN apt-get install -y --no-install-recommends ffmpeg

    Good:
        FROM debian:12.7
        RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg
    """
    if script.place.phase is not Phase.BUILD or not script.readable:
        return
    command = lone_refresh(script)
    manager = refreshed_manager(command) if command else None
    if command is None or manager is None:
        return
    said = next(word for word in command.arguments if word.text in manager.refresh)
    program = command.program
    removed = manager.lists is not None and Removals(script).behind(command, manager.lists)
    why = (
        "its index is removed at once, and nothing was installed with it"
        if removed
        else "what installs later uses an index of another day"
    )
    yield ctx.finding(
        said,
        f"`{program} {said.text}` stands alone: {why}",
        help=f"join it with what installs: `{program} {said.text} && {program} "
        f"{manager.installs[0]} …`",
        subject=f"{program} {said.text}",
        severity=None if manager.lists else Severity.LOW,
    )
