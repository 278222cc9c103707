"""The rule `unsigned-packages`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.packages.trust import (
    TAKING,
    distinct,
    unsigned_file,
    unsigned_settings,
    unsigned_switches,
)
from imagelint.documents.shell.script import Command
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.queries.packages.trust import Weakness


@rule(
    (Command, Instruction),
    Severity.HIGH,
    references=tuple(f"Checkov CKV2_DOCKER_{number}" for number in (7, 8, 9, 10, 11)),
    keywords=("ADD", "COPY"),
    programs=TAKING,
)
def unsigned_packages(node: Command | Instruction, ctx: Context) -> Findings:
    """Packages are installed whose signatures nobody checks.

    Distributions sign their packages or indexes, because mirrors and caches are run by others. With
    the check off, whoever runs one, or sits in front of it, installs what they like, as root.
    Import the key of the repository instead: `signed-by=` of apt, `gpgkey=` and `rpm --import` of
    the rpm family, `/etc/apk/keys`.

    Options (`--allow-unauthenticated`, `--allow-untrusted`, `--nogpgcheck`, `rpm --nosignature`)
    and what is written into settings (`gpgcheck=0`, `[trusted=yes]`) are read.

    Bad:
        FROM alpine:3.20
        RUN apk add --no-cache --allow-untrusted ./tool.apk

    Good:
        FROM alpine:3.20
        RUN apk add --no-cache ./tool.apk
    """
    for weakness in _found(node, ctx):
        removal = weakness.removal
        edits = (ctx.edit(*removal),) if removal else ()
        yield ctx.finding(
            weakness,
            f"`{weakness.text}` installs what nobody signed",
            help=f"leave `{weakness.text}` out, and import the key of the repository",
            subject=weakness.text,
            fix=Fix(f"drop {weakness.text}", edits) if edits else None,
        )


def _found(node: Command | Instruction, ctx: Context) -> list[Weakness]:
    if isinstance(node, Instruction):
        return [one for heredoc in node.heredocs for one in unsigned_file(heredoc)]
    return distinct((*unsigned_switches(ctx.document, node), *unsigned_settings(node)))
