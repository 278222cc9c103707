"""The rule `remote-add-without-checksum`."""

from __future__ import annotations

import re

from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.model import Instruction
from imagelint.rules.api import Context, Findings, Severity, rule

_REMOTE = pattern(r"(?:https?|ftp)://", re.IGNORECASE)
# https://docs.docker.com/reference/dockerfile/#adding-files-from-a-git-repository
_GIT = pattern(r"git@|git://|ssh://|https?://[^#]+\.git(?:#|\?|$)", re.IGNORECASE)
_COMMIT = pattern(r"#[0-9a-f]{40}(?:[0-9a-f]{24})?(?::|$)|[?&]commit=[0-9a-f]{40}")
# A version's tag can be moved, but hardly ever is: what `pip install git+…@v1.4.3` may do, too.
_VERSION_TAG = pattern(
    r"(?:#(?:refs/tags/)?|[?&](?:ref|tag)=(?:refs/tags/)?)"
    r"[A-Za-z_-]*v?\d+(?:[._]\d+)+[A-Za-z0-9._-]*(?:[:&]|$)"
)


@rule(Instruction, Severity.MEDIUM)
def remote_add_without_checksum(instruction: Instruction, ctx: Context) -> Findings:
    r"""ADD takes something from the network without checking what it gets.

    The server, or whoever sits in front of it, decides what ends up in the image, and the next
    build may get another file. `--checksum` makes the build fail instead. For a git repository
    the full commit in the address does the same.

    Except:
        The tag of a version (`….git#v1.4.3`), and a reference that depends on a variable.

    Bad:
        FROM alpine:3.20
        ADD https://example.com/model.tar.gz /models/

    Good:
        FROM alpine:3.20
        ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d \
            https://example.com/model.tar.gz /models/
    """
    if instruction.keyword != "ADD" or instruction.flag("checksum") is not None:
        return
    for word in instruction.words[:-1]:
        text = word.text
        if _GIT.match(text):
            if not _is_fixed(text):
                yield ctx.finding(
                    word,
                    f"`{text}` names no commit: a branch or tag can move",
                    help="put the full commit behind the address: `….git#<40 hex digits>`",
                    subject=text.partition("#")[0],
                )
        elif _REMOTE.match(text):
            yield ctx.finding(
                word,
                f"nothing checks what `{text}` delivers",
                help="add `--checksum=sha256:…` with the file's hash",
                subject=text,
            )


def _is_fixed(address: str) -> bool:
    """Whether the address of a repository says which commit is meant, or a variable does."""
    where = address.partition("?")[2] or address.partition("#")[2]
    return bool("$" in where or _COMMIT.search(address) or _VERSION_TAG.search(address))
