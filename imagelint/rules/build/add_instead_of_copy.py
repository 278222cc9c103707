"""The rule `add-instead-of-copy`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.pattern import pattern
from imagelint.documents.dockerfile.model import Instruction
from imagelint.documents.queries.dockerfiles.instructions import in_case_of
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.shell.script import Word

# What ADD unpacks, and what it fetches: https://docs.docker.com/reference/dockerfile/#add
_ARCHIVE = pattern(r".*\.(?:tar|Z|bz2|gz|lz|lzma|tZ|tb2|tbz2?|tgz|tlz|tpz|txz|xz|zst)[*?]*")
_REMOTE = pattern(r"(?:https?|git|ssh)://|[\w.-]+@[\w.-]+:")
_ONLY_ADD = ("checksum", "keep-git-dir", "unpack")


@rule(
    Instruction,
    Severity.LOW,
    references=(
        "hadolint DL3020",
        "Trivy DS-0005",
        "Checkov CKV_DOCKER_4",
        "Dockle CIS-DI-0009",
        "CIS Docker 4.9",
        "droast DF006",
    ),
    keywords=("ADD",),
)
def add_instead_of_copy(instruction: Instruction, ctx: Context) -> Findings:
    """ADD is used where COPY does the same.

    ADD also fetches addresses and unpacks archives, so that a reader has to look at each source to
    know what happens, and a file that becomes an archive one day is unpacked without anybody
    having said so.

    Except:
        Archives, addresses, repositories (hadolint takes those for files), flags that only ADD
        has, sources that depend on a variable without a value.

    Bad:
        FROM alpine:3.20
        ADD app /app

    Good:
        FROM alpine:3.20
        COPY app /app
    """
    sources = instruction.words[:-1]
    if not sources or any(instruction.flag(name) for name in _ONLY_ADD):
        return
    plain = tuple(word for word in sources if not _needs_add(word))
    if not plain or any(not isinstance(word.value, Known) for word in sources):
        return
    keyword = in_case_of(ctx.text(instruction.keyword_span), "COPY")
    yield ctx.finding(
        instruction.keyword_span,
        f"`{plain[0].raw[:60]}` is neither an archive nor an address: COPY does the same",
        help="write `COPY`" if plain == sources else "copy it by a `COPY` of its own",
        subject=plain[0].text,
        fix=Fix("write COPY", (ctx.edit(instruction.keyword_span, keyword),), safe=True)
        if plain == sources
        else None,
    )


def _needs_add(word: Word) -> bool:
    if not isinstance(word.value, Known):
        return True
    return bool(_ARCHIVE.fullmatch(word.value.value) or _REMOTE.match(word.value.value))
