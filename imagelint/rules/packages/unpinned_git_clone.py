"""The rule `unpinned-git-clone`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known, value_or
from imagelint.documents.execution import Phase
from imagelint.documents.queries.downloads import downloads
from imagelint.documents.queries.packages.clones import moves_on, stands_elsewhere
from imagelint.documents.shell.script import Script
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.queries.downloads import Download


@rule(Script, Severity.INFO, programs=("git", "clone"))
def unpinned_git_clone(script: Script, ctx: Context) -> Findings:
    """A repository is cloned at whatever its branch holds that day.

    The image that is tested is not the image that is built again for a fix, and nobody sees in the
    Dockerfile that anything has changed. A tag is enough for most; only a commit cannot be moved.
    Of `ADD` with a repository `remote-add-without-checksum` speaks, of models on a hub
    `model-revision-unpinned`.

    Except:
        `git checkout`, `reset`, `switch` or `fetch` behind it in the same stage, branches that are
        called after a version, and repositories or branches that only a variable names.

    Bad:
        FROM debian:12.7
        RUN git clone https://github.com/ggml-org/llama.cpp /src

    Good:
        FROM debian:12.7
        RUN git clone --branch=b6100 https://github.com/ggml-org/llama.cpp /src
    """
    if script.place.phase is not Phase.BUILD:
        return
    for command in script.commands if "clone" in script.text else ():
        for download in downloads(command):
            moving = download.kind == "git" and not download.hub and moves_on(download)
            if moving and not stands_elsewhere(ctx.document, script, command):
                yield ctx.finding(
                    download,
                    f"{_name(download)} is cloned at {_revision(download)}",
                    help="name a tag, `--branch=<tag>`, or check out a commit behind it",
                    subject=_name(download),
                )


def _name(download: Download) -> str:
    return value_or(download.url, "").rpartition("@")[2].rpartition("://")[2].removesuffix(".git")


def _revision(download: Download) -> str:
    if isinstance(download.revision, Known):
        return f"`{download.revision.value}`, which moves"
    return "whatever its default branch holds"
