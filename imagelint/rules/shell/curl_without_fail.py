"""The rule `curl-without-fail`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.runscripts import letters
from imagelint.documents.shell.script import ScriptRole
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Command

# https://curl.se/docs/manpage.html
_VALUED = "AbcCdDeEFhHKmoPQrtTuUwxXyYz"
_FAILS = ("--fail", "--fail-with-body")
# Those look at the answer themselves, or ask for none, or say everything in a file.
_OTHERWISE = ("--head", "--write-out", "--version", "--help", "--config", "--retry-all-errors")
_LETTERS = frozenset("fIwVK")


@rule(Stage, Severity.LOW, references=("droast DF035",), programs=("curl",))
def curl_without_fail(stage: Stage, ctx: Context) -> Findings:
    """Curl takes the page of an error for what it was asked for.

    Without `--fail` it writes "404 Not Found" into the file and says that all is well. In a health
    check the server may answer with any error and is called healthy, which makes the finding a
    medium one.

    Except:
        Commands that look at the status themselves (`--write-out`), ask for the head alone, or have
        words that cannot be known.

    Bad:
        FROM debian:12.7
        RUN curl -sSLO https://example.com/models.json

    Good:
        FROM debian:12.7
        RUN curl -f -sSLO https://example.com/models.json
    """
    for script in stage.scripts:
        if not script.readable or script.role is ScriptRole.START:
            continue
        health = script.role is ScriptRole.HEALTHCHECK
        for command in script.of("curl"):
            if not _asks_for_page(command):
                continue
            end = command.words[0].span.end
            exact = ctx.text(command.words[0].span) == command.words[0].text
            yield ctx.finding(
                command.words[0],
                "an error of the server counts as healthy"
                if health
                else "curl keeps the page of an error, and says that all is well",
                help="add `-f`",
                subject="curl",
                severity=Severity.MEDIUM if health else None,
                fix=Fix("add -f", (ctx.edit(Span(end, end), " -f"),)) if exact else None,
            )


def _asks_for_page(command: Command) -> bool:
    if not all(isinstance(word.value, Known) or "://" in word.raw for word in command.arguments):
        return False
    if not any("/" in word.text or "." in word.text for word in command.arguments):
        return False
    if command.has_flag(*_FAILS, *_OTHERWISE):
        return False
    return not any(_LETTERS.intersection(letters(word, _VALUED)) for word in command.arguments)
