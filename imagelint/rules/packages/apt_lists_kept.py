"""The rule `apt-lists-kept`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.execution import Phase
from imagelint.documents.packages.installs import package_installs, refreshed_manager
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.queries.packages.caches import Removals, holds
from imagelint.documents.queries.packages.wording import end_of_script
from imagelint.documents.shell.script import Script
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.packages.packagemanager import Cache
    from imagelint.documents.shell.script import Command


@rule(
    Script,
    Severity.LOW,
    references=("hadolint DL3009", "Dockle DKL-DI-0005"),
    programs=PACKAGE_PROGRAMS,
)
def apt_lists_kept(script: Script, ctx: Context) -> Findings:
    r"""The package lists of apt stay in a shipped layer.

    `apt-get update` writes some fifty megabytes that are out of date the next day. What a later
    RUN removes is still in the layer, so it has to go in the same one. `apt-get clean` does not
    remove the lists.

    Except:
        Stages that are not shipped, also what ONBUILD says there, which runs only in builds upon
        them (https://docs.docker.com/reference/dockerfile/#onbuild), lists in a cache mount
        (`--mount=type=cache`), and those that `apt-get dist-clean` removes (apt-get(8)). hadolint
        tells of both.

    Bad:
        FROM debian:12.7
        RUN apt-get update && apt-get install -y git

    Good:
        FROM debian:12.7
        RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*
    """
    if script.place.phase is not Phase.BUILD or not script.place.shipped or not script.readable:
        return
    updates = [(one, lists) for one in script.commands if (lists := _lists_written(one))]
    if not updates:
        return
    last, lists = updates[-1]
    if any(holds(mount, lists) for mount in script.mounts):
        return
    if Removals(script).behind(last, lists):
        return
    verb = next((word for word in last.arguments if word.text == "update"), last.words[0])
    removal = f"{'sudo ' if 'sudo' in last.wrappers else ''}rm -rf {lists.folders[0]}/*"
    used = _installs(script, last)
    end = end_of_script(script) if used else None
    edits = (ctx.edit(Span(end, end), f" && {removal}"),) if end is not None else ()
    advice = "end the same RUN" if used else "install in the same RUN, and end it"
    yield ctx.finding(
        verb,
        f"`{last.program} update` leaves its package lists in the layer",
        help=f"{advice} with `&& rm -rf {lists.folders[0]}/*`",
        subject=f"{last.program} update",
        fix=Fix(f"end with {removal}", edits) if edits else None,
    )


def _lists_written(command: Command) -> Cache | None:
    manager = refreshed_manager(command)
    return manager.lists if manager else None


def _installs(script: Script, update: Command) -> bool:
    """Whether the script installs what the lists are for; else a later RUN needs them."""
    later = (one for one in script.commands if one.span.start > update.span.start)
    return any(install.ecosystem.is_system for one in later for install in package_installs(one))
