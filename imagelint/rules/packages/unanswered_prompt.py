"""The rule `unanswered-prompt`."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.packages.system import APT, DNF, MICRODNF, YUM, ZYPPER
from imagelint.documents.queries.packages.prompts import unanswered_prompt as prompt_of
from imagelint.documents.queries.packages.wording import word_behind
from imagelint.documents.shell.script import Command
from imagelint.rules.api import Confidence, Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANSWERS: Mapping[str, tuple[str, ...]] = {
    APT.name: ("hadolint DL3014", "Trivy DS-0021"),
    YUM.name: ("hadolint DL3030",),
    DNF.name: ("hadolint DL3038",),
    MICRODNF.name: ("hadolint DL3038",),
    ZYPPER.name: ("hadolint DL3034",),
}


@rule(
    Command,
    Severity.MEDIUM,
    references=tuple(dict.fromkeys(chain.from_iterable(_ANSWERS.values()))),
    programs=PACKAGE_PROGRAMS,
)
def unanswered_prompt(command: Command, ctx: Context) -> Findings:
    """The package manager asks for confirmation, and nobody is there to answer.

    A build has no terminal: as soon as something is brought in that was not named, the question is
    answered with no, and the build stops. It may work today and fail when a dependency is added.
    The rule reads apt, aptitude, the yum family and zypper, and also what brings everything up to
    date; of the two names of apt, hadolint reads `apt-get` alone.

    Except:
        Answers from a pipe or a file (`yes |`), commands with words that cannot be known, and
        configuration or variables that answer (`APT::Get::Assume-Yes`, `assumeyes`). conda asks as
        well, and takes the end of its input for yes. Of microdnf, which asks only in some releases,
        it is likely. `DEBIAN_FRONTEND` answers what packages ask, not what apt does.

    Bad:
        FROM debian:12.7
        RUN apt-get update && apt-get install --no-install-recommends ffmpeg

    Good:
        FROM debian:12.7
        RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg
    """
    prompt = prompt_of(ctx.document, command)
    if prompt is None:
        return
    manager, verb = prompt
    yes = manager.assume_yes[0]
    behind = word_behind(ctx.document, command, verb, yes)
    end = Span(verb.span.end, verb.span.end)
    yield ctx.finding(
        verb,
        f"`{command.program} {verb.text}` asks before it goes on, and nobody answers",
        help=f"add `{yes}`",
        subject=f"{command.program} {verb.text}",
        confidence=None if manager.always_asks else Confidence.LIKELY,
        references=() if command.program in manager.for_people else _ANSWERS.get(manager.name, ()),
        fix=Fix(f"add {yes}", (ctx.edit(end, behind),)) if behind else None,
    )
