"""The rule `remote-add-without-checksum`."""

from __future__ import annotations

import re

from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.pins import names_commit
from imagelint.rules.api import Context, Findings, Severity, rule

_REMOTE = pattern(r"(?:https?|ftp)://", re.IGNORECASE)
# https://docs.docker.com/reference/dockerfile/#adding-files-from-a-git-repository
_GIT = pattern(r"git@|git://|ssh://|https?://[^#]+\.git(?:#|\?|$)", re.IGNORECASE)
# https://docs.github.com/rest/git/refs, /rest/commits/commits, /rest/branches/branches
_NEWS = pattern(
    r"https://api\.github\.com/repos/[^/]+/[^/]+/(?:git/refs?|commits|branches|releases)\b"
)


@rule(Instruction, Severity.MEDIUM, keywords=("ADD",))
def remote_add_without_checksum(instruction: Instruction, ctx: Context) -> Findings:
    r"""ADD takes something from the network without checking what it gets.

    The server, or whoever sits in front of it, decides what ends up in the image, and the next
    build may get another file. `--checksum` makes the build fail instead. For a git repository
    the full commit in the address does the same.

    Except:
        The tag of a version (`….git#v1.4.3`), a reference that depends on a variable, and what
        GitHub's API tells of a repository: it is added so that the build sees a change of it.

    Bad:
        FROM alpine:3.20
        ADD https://example.com/model.tar.gz /models/

    Good:
        FROM alpine:3.20
        ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d \
            https://example.com/model.tar.gz /models/
    """
    if instruction.flag("checksum") is not None:
        return
    for word in instruction.words[:-1]:
        text = word.text
        if _GIT.match(text):
            if not names_commit(text):
                yield ctx.finding(
                    word,
                    f"`{text}` names no commit: a branch or tag can move",
                    help="put the full commit behind the address: `….git#<40 hex digits>`",
                    subject=text.partition("#")[0],
                )
        elif _REMOTE.match(text) and not _NEWS.match(text):
            yield ctx.finding(
                word,
                f"nothing checks what `{text}` delivers",
                help="add `--checksum=sha256:…` with the file's hash",
                subject=text,
            )
