"""The rule `distribution-upgrade`."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from imagelint.documents.execution import Phase
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS, manager_call
from imagelint.documents.packages.system import APT, ZYPPER
from imagelint.documents.shell.script import Command
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANSWERS: Mapping[str, tuple[str, ...]] = {
    APT.name: ("Trivy DS-0024", "Dockle DKL-DI-0003"),
    ZYPPER.name: ("hadolint DL3035",),
}


@rule(
    Command,
    Severity.LOW,
    references=tuple(chain.from_iterable(_ANSWERS.values())),
    programs=PACKAGE_PROGRAMS,
)
def distribution_upgrade(command: Command, ctx: Context) -> Findings:
    """The whole distribution is upgraded, which may remove packages and move to another release.

    What comes out depends on the day, and is a second copy of what the base image holds already.
    A newer base image has the same packages, tested together. To close holes until it is there, a
    plain `upgrade` is enough: it takes nothing away.

    Except:
        The machines of pipelines, which are thrown away.

    Bad:
        FROM debian:12.7
        RUN apt-get update && apt-get dist-upgrade -y && rm -rf /var/lib/apt/lists/*

    Good:
        FROM debian:12.8
        RUN apt-get update && apt-get upgrade -y && rm -rf /var/lib/apt/lists/*
    """
    call = manager_call(command) if command.place.phase is not Phase.STEP else None
    if call is None or not call.words.verb(call.manager.release_upgrades)[0]:
        return
    manager, verb = call.manager, call.words.operands[0]
    milder = next(one for one in manager.upgrades if one not in manager.release_upgrades)
    yield ctx.finding(
        verb,
        f"`{command.program} {verb.text}` may remove packages and move to another release",
        help=f"take a newer base image, or use `{milder}`",
        subject=f"{command.program} {verb.text}",
        references=_ANSWERS.get(manager.name, ()),
    )
