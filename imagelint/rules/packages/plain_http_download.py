"""The rule `plain-http-download`."""

from __future__ import annotations

from imagelint.core.record import NamedTuple
from imagelint.core.source import Span
from imagelint.documents.packages.requirements import Requirements
from imagelint.documents.queries.downloads import DOWNLOADERS
from imagelint.documents.queries.packages.addresses import Plain, listed_addresses
from imagelint.documents.queries.packages.trust import WRITING
from imagelint.documents.shared import EnvVar
from imagelint.documents.shell.script import Script
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

_SCHEME = "http"


class Place(NamedTuple):
    """Where an address is written."""

    span: Span


@rule((Script, EnvVar, Requirements), Severity.MEDIUM, programs=DOWNLOADERS | WRITING)
def plain_http_download(node: Script | EnvVar | Requirements, ctx: Context) -> Findings:
    """Something is downloaded over plain HTTP: anybody in between may replace it.

    A file, a repository, a wheel index, a registry of npm, a hub of models: without TLS nobody
    knows who answered. Nearly every server speaks HTTPS by now. Distributions' own repositories are
    signed, so that plain HTTP is enough for them. Options, variables, settings that a command
    makes (`npm config set registry`) and those that a step writes into a file are read.

    Except:
        Files whose checksum or signature the same script verifies, hosts of one's own network
        (names without a dot, `.internal`, `.svc`, private addresses) and of the machine itself.

    Bad:
        FROM python:3.12.7-slim
        RUN pip install --index-url http://pypi.example.org/simple fastapi==0.115.2

    Good:
        FROM python:3.12.7-slim
        RUN pip install --index-url https://pypi.example.org/simple fastapi==0.115.2
    """
    for span, host in _found(node):
        written = ctx.text(span)
        at = span.start + max(written.lower().find(f"{_SCHEME}://"), 0)
        place = Span(at, at + len(_SCHEME))
        plain = ctx.text(place).lower() == _SCHEME
        yield ctx.finding(
            Place(span),
            f"{host} is asked over plain HTTP, so that anybody may answer",
            help="use `https://`",
            subject=host,
            fix=Fix("use https", (ctx.edit(place, "https"),)) if plain else None,
        )


def _found(node: Script | EnvVar | Requirements) -> list[Plain]:
    if isinstance(node, Requirements):
        return listed_addresses(node)
    from imagelint.documents.queries.packages.plain import plain_addresses, plain_variable

    return plain_variable(node) if isinstance(node, EnvVar) else plain_addresses(node)
