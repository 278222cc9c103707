"""The rule `apt-recommends`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS, manager_call
from imagelint.documents.packages.system import APT
from imagelint.documents.queries.packages.wording import word_behind
from imagelint.documents.queries.stages import enclosing_stage, stages_where
from imagelint.documents.shell.script import Command
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.base import Document


# hadolint reads `apt-get` alone.
_READ_AS_APT = ("Trivy DS-0029",)


@rule(
    Command,
    Severity.LOW,
    references=("hadolint DL3015", *_READ_AS_APT),
    programs=PACKAGE_PROGRAMS,
)
def apt_recommends(command: Command, ctx: Context) -> Findings:
    """Recommended packages that nobody asked for are installed by apt.

    Debian and Ubuntu install what a package recommends as well: documentation tools, mail
    servers, fonts, often more than what was named. All of it is shipped, scanned and patched.

    Except:
        Stages that are not shipped, of which nothing is left but what is copied
        (https://docs.docker.com/build/building/multi-stage/; hadolint tells of them, too),
        commands with words that cannot be known, images that switch `APT::Install-Recommends` off.

    Bad:
        FROM debian:12.7
        RUN apt-get update && apt-get install -y ffmpeg

    Good:
        FROM debian:12.7
        RUN apt-get update && apt-get install --no-install-recommends -y ffmpeg
    """
    call = manager_call(command)
    if call is None or call.manager is not APT:
        return
    stage = enclosing_stage(ctx.document, command.span)
    if stage is None or not stage.shipped or stage.index in ctx.document.derived(_decided):
        return
    for install in package_installs(command):
        if install.no_recommends or not install.packages or not install.complete:
            continue
        verb = next((word for word in command.arguments if word.text == "install"), None)
        if verb is None:
            continue
        switch = APT.no_recommends[0]
        behind = word_behind(ctx.document, command, verb, switch)
        end = Span(verb.span.end, verb.span.end)
        names = [package.name for package in install.packages if package.name]
        yield ctx.finding(
            verb,
            f"`{command.program} install` brings in what its packages only recommend",
            help=f"add `{switch}`; name what was relied on",
            subject=names[0] if names else "",
            references=_READ_AS_APT if command.program in APT.for_people else None,
            fix=Fix(f"add {switch}", (ctx.edit(end, behind),)) if behind else None,
        )


def _decided(document: Document) -> frozenset[int]:
    """The stages in which a setting of apt decides about recommended packages."""
    return stages_where(document, lambda stage: stage.says(APT.recommends_setting))
