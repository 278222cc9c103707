"""The rule `sparse-login-log`."""

from __future__ import annotations

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.dockerfile.model import Stage
from imagelint.documents.queries.dockerfiles.runscripts import flag_word, run_scripts
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

_MOST_DIGITS = 5


@rule(Stage, Severity.LOW, references=("hadolint DL3046", "droast DF064"), programs=("useradd",))
def sparse_login_log(stage: Stage, ctx: Context) -> Findings:
    """A user with a large number gets a log file of gigabytes.

    `useradd` writes a record for the number into `/var/log/lastlog`, at the place where it
    belongs. The file is full of holes, which a layer does not know: it is packed in its full
    length, for each of the numbers below. Of a number that depends on a variable nothing is told,
    unlike by hadolint.

    Bad:
        FROM debian:12.7
        RUN useradd -u 1000670000 app

    Good:
        FROM debian:12.7
        RUN useradd -l -u 1000670000 app
    """
    for script in run_scripts(stage):
        for command in script.of("useradd"):
            number = flag_word(command, "-u", "--uid")
            if number is None or not isinstance(number.value, Known):
                continue
            text = number.text.rpartition("=")[2]
            if len(text) <= _MOST_DIGITS or command.has_flag("-l", "--no-log-init"):
                continue
            end = command.words[0].span.end
            exact = ctx.text(command.words[0].span) == command.words[0].text
            yield ctx.finding(
                number,
                f"for the number {text}, `useradd` writes a file of gigabytes",
                help="add `-l`",
                subject=text,
                fix=Fix("add -l", (ctx.edit(Span(end, end), " -l"),), safe=True) if exact else None,
            )
