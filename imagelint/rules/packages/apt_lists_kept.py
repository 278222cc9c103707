"""The rule `apt-lists-kept`."""

from __future__ import annotations

from imagelint.documents.packages.installs import caches_removed, refreshes_index
from imagelint.documents.shell.script import Script, ScriptRole
from imagelint.rules.api import Context, Findings, Severity, rule

_LISTS = "/var/lib/apt/lists"


@rule(Script, Severity.LOW, references=("hadolint DL3009", "Dockle DKL-DI-0005"))
def apt_lists_kept(script: Script, ctx: Context) -> Findings:
    r"""The package lists of apt stay in a shipped layer.

    `apt-get update` writes some fifty megabytes that are out of date the next day. What a later
    RUN removes is still in the layer, so it has to go in the same one. `apt-get clean` does not
    remove the lists.

    Except:
        Stages that are not shipped, and lists in a cache mount (`--mount=type=cache`).

    Bad:
        FROM debian:12.7
        RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg

    Good:
        FROM debian:12.7
        RUN apt-get update && apt-get install -y --no-install-recommends ffmpeg \
            && rm -rf /var/lib/apt/lists/*
    """
    if script.role is not ScriptRole.RUN or not script.final or not script.readable:
        return
    if any(_holds_lists(mount) for mount in script.mounts):
        return
    updates = [command for command in script.commands if refreshes_index(command) == "deb"]
    if not updates:
        return
    last = updates[-1]
    behind = script.commands[script.commands.index(last) :]
    if any("apt-lists" in caches_removed(command) for command in behind):
        return
    verb = next((word for word in last.arguments if word.text == "update"), last.words[0])
    yield ctx.finding(
        verb,
        f"`{last.program} update` leaves its package lists in the layer",
        help="end the same RUN with `&& rm -rf /var/lib/apt/lists/*`",
        subject=f"{last.program} update",
    )


def _holds_lists(mount: str) -> bool:
    target = mount.partition(":")[2].rstrip("/")
    return bool(target) and f"{_LISTS}/".startswith(f"{target}/")
