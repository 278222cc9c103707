"""The rule `pip-cache-kept`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.source import Span
from imagelint.documents.execution import Phase
from imagelint.documents.packages.lookup import PACKAGE_PROGRAMS
from imagelint.documents.packages.python import PIP
from imagelint.documents.queries.packages import caches as packagecaches
from imagelint.documents.queries.packages.wording import subcommand, word_behind
from imagelint.documents.shell.script import Script
from imagelint.knowledge.gpu_stack import GPU_STACK
from imagelint.rules.api import Context, Findings, Fix, Severity, rule

if TYPE_CHECKING:
    from imagelint.core.finding import Edit
    from imagelint.documents.packages.packagemanager import Cache
    from imagelint.documents.queries.packages.caches import Filling


_ANSWERS = {PIP.name: ("hadolint DL3042",)}


@rule(Script, Severity.LOW, references=("hadolint DL3042",), programs=PACKAGE_PROGRAMS)
def pip_cache_kept(script: Script, ctx: Context) -> Findings:
    """The wheels that pip or uv downloads stay in a shipped layer.

    The cache holds a second copy of everything that is installed; with torch and its CUDA
    libraries that is several gigabytes. Switch it off, or put it into a cache mount, where the next
    build finds it. Both together are of no use: the switch defeats the mount.

    Except:
        Stages that are not shipped, of which nothing is left but what is copied
        (https://docs.docker.com/build/building/multi-stage/; hadolint tells of them, too),
        `PIP_NO_CACHE_DIR` and `UV_NO_CACHE` in force, also where the
        RUN exports them or `pip config` has set them, caches that the same RUN removes, and those
        in a mount of type tmpfs. Any value of `PIP_NO_CACHE_DIR` switches the cache off, also `0`
        and `false`, of which hadolint thinks otherwise: `_handle_no_cache_dir` in
        src/pip/_internal/cli/cmdoptions.py of pip.

    Bad:
        FROM python:3.12.7-slim
        RUN pip install fastapi==0.115.2

    Good:
        FROM python:3.12.7-slim
        RUN pip install --no-cache-dir fastapi==0.115.2
    """
    if script.place.phase is not Phase.BUILD:
        return
    judged: set[Cache] = set()
    for filling in packagecaches.wheel_fillings(script):
        if filling.cache not in judged:
            found = tuple(_judge(script, filling, ctx))
            judged.update(filling.cache for _ in found)
            yield from found


def _judge(script: Script, filling: Filling, ctx: Context) -> Findings:
    install, cache = filling.install, filling.cache
    manager, command = install.manager.name, install.command
    mount = packagecaches.cache_mount(ctx.document, script, filling)
    off = packagecaches.cache_switched_off(ctx.document, script, install, cache)
    if mount and off:
        yield ctx.finding(
            command.words[0],
            f"{manager} is told to use no cache, so the cache mount at `{mount}` stays empty",
            help=f"drop `{cache.off_options[0]}`, `{cache.off_variables[0]}` or the mount",
            subject=manager,
            severity=Severity.INFO,
            references=(),
        )
    unsure = not (script.place.shipped and script.readable)
    if mount or off is not False or filling.removed or unsure:
        return
    if packagecaches.cache_mount(ctx.document, script, filling, ("tmpfs",)):
        return
    if packagecaches.moved_and_removed(ctx.document, script, filling):
        return
    heavy = any(package.name in GPU_STACK for package in install.packages)
    yield ctx.finding(
        command.words[0],
        f"{manager} leaves a copy of what it downloads in the layer",
        help=f"add `{cache.off_options[0]}`, "
        f"or `RUN --mount=type=cache,target={cache.folders[0].replace('~', '/root')}`",
        subject=manager,
        severity=Severity.MEDIUM if heavy else None,
        references=_ANSWERS.get(manager, ()),
        fix=_switched_off(script, cache, ctx),
    )


def _switched_off(script: Script, cache: Cache, ctx: Context) -> Fix | None:
    """The switch in each installation of a script that fills a cache: one RUN is told of once."""
    switch = cache.off_options[0]
    edits: list[Edit] = []
    for install, filled, removed in packagecaches.wheel_fillings(script):
        off = packagecaches.cache_switched_off(ctx.document, script, install, cache)
        if filled != cache or removed or off is not False:
            continue
        verb = subcommand(install.command, install)
        behind = word_behind(ctx.document, install.command, verb, switch)
        if behind is None or verb is install.command.words[0]:
            return None
        edits.append(ctx.edit(Span(verb.span.end, verb.span.end), behind))
    return Fix(f"add {switch}", tuple(edits))
