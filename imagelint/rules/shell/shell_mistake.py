"""The rule `shell-mistake`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from imagelint.core.source import Span
from imagelint.documents.queries.shellcomments import comments_on
from imagelint.documents.shell.script import Script, ScriptRole
from imagelint.rules.api import Confidence, Context, Findings, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEVELS: Mapping[str, Mapping[str, Severity]] = {
    "own": {"error": Severity.MEDIUM, "warning": Severity.LOW},
    # src/Hadolint/Rule/Shellcheck.hs
    "hadolint": {"error": Severity.HIGH, "warning": Severity.MEDIUM, "info": Severity.LOW},
}


@dataclass(frozen=True)
class Options:
    """How severe comments are."""

    severities: Literal["own", "hadolint"] = field(
        default="own",
        metadata={
            "doc": "`own`: an error is medium, a warning low, the rest info; `hadolint`: an error "
            "is high, a warning medium, a remark low, a matter of style info"
        },
    )


@rule(
    Script,
    Severity.INFO,
    confidence=Confidence.LIKELY,
    options=Options,
    references=("ShellCheck SC*", "hadolint SC*"),
)
def shell_mistake(script: Script, ctx: Context, options: Options) -> Findings:
    """ShellCheck finds a mistake in a script.

    It knows several hundred: a variable that falls apart at its blanks, a `cd` that may fail, a
    test that is always true; each has a page, https://www.shellcheck.net/wiki/SC2086. The program
    is asked once for all scripts of a run, with the variables that the image sets and in the
    dialect of the shell that runs them. It comes with `pip install imagelint[shell]`; without it
    the verdict is incomplete.

    The rule is off in all packs: asking takes longer than everything else together. What the
    program calls an error is medium, a warning low.

    Except:
        Scripts in YAML that are not written as they are run, scripts of other shells, files that
        are not there (SC1090, SC1091).

    Bad:
        FROM debian:12.7
        RUN rm $FILES/*

    Good:
        FROM debian:12.7
        RUN rm "${FILES:?}"/*
    """
    levels = _LEVELS[options.severities]
    own = script.role is ScriptRole.RUN and script.span.end <= len(ctx.source.text)
    for comment in comments_on(script, ctx.document, ctx.project):
        start = script.span.start
        yield ctx.finding(
            Span(start + comment.span.start, start + comment.span.end),
            f"{comment.message} ({comment.code})",
            subject=comment.code,
            severity=levels.get(comment.level),
            # hadolint gives it what stands behind RUN, and no files.
            references=(
                f"ShellCheck {comment.code}",
                *((f"hadolint {comment.code}",) if own else ()),
            ),
        )
