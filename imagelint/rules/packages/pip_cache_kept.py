"""The rule `pip-cache-kept`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.documents.packages import caches_removed, package_installs
from imagelint.documents.script import Script, ScriptRole
from imagelint.documents.stages import enclosing_stage, set_before
from imagelint.knowledge.gpu_stack import GPU_STACK
from imagelint.rules.api import Context, Findings, Severity, rule

if TYPE_CHECKING:
    from imagelint.documents.packages import PackageInstall

# pip takes any word that means yes, and by tradition any that means no, for "no cache":
# https://github.com/pypa/pip/blob/main/src/pip/_internal/cli/cmdoptions.py
_OFF = {"pip": "PIP_NO_CACHE_DIR", "uv": "UV_NO_CACHE"}
_PLACE = {"pip": "PIP_CACHE_DIR", "uv": "UV_CACHE_DIR"}
_FLAG = {"pip": "--no-cache-dir", "uv": "--no-cache"}
_NO = frozenset(("", "0", "false", "no", "off", "n", "f"))


@rule(Script, Severity.LOW, references=("hadolint DL3042",))
def pip_cache_kept(script: Script, ctx: Context) -> Findings:
    """The wheels that pip or uv downloads stay in a shipped layer.

    The cache holds a second copy of everything that is installed; with torch and its CUDA
    libraries that is several gigabytes. Switch it off, or put it into a cache mount, where the next
    build finds it. Both together are of no use: the switch defeats the mount.

    Except:
        Stages that are not shipped, `PIP_NO_CACHE_DIR` and `UV_NO_CACHE` in force, caches that the
        same RUN removes.

    Bad:
        FROM python:3.12.7-slim
        RUN pip install fastapi==0.115.2

    Good:
        FROM python:3.12.7-slim
        RUN pip install --no-cache-dir fastapi==0.115.2
    """
    if script.role is not ScriptRole.RUN or ctx.document.kind != "dockerfile":
        return
    for command in script.commands:
        for install in package_installs(command):
            if install.manager in _OFF:
                yield from _judge(script, install, ctx)


def _judge(script: Script, install: PackageInstall, ctx: Context) -> Findings:
    manager = install.manager
    mount = _cache_mount(script, manager, ctx)
    off = _switched_off(script, install, ctx)
    if mount and off is True:
        yield ctx.finding(
            install.command.words[0],
            f"{manager} is told to use no cache, so the cache mount at `{mount}` stays empty",
            help=f"drop `{_FLAG[manager]}` (or `{_OFF[manager]}`) or the mount",
            subject=install.command.program,
            severity=Severity.INFO,
        )
    if mount or off is not False or not script.final or not script.readable:
        return
    behind = script.commands[script.commands.index(install.command) :]
    if any(manager in caches_removed(command) for command in behind):
        return
    heavy = any(package.name in GPU_STACK for package in install.packages)
    yield ctx.finding(
        install.command.words[0],
        f"`{install.command.program}` leaves what it downloads in the layer",
        help=f"add `{_FLAG[manager]}`, or `RUN --mount=type=cache,target=/root/.cache/{manager}`",
        subject=install.command.program,
        severity=Severity.MEDIUM if heavy else None,
    )


def _switched_off(script: Script, install: PackageInstall, ctx: Context) -> bool | None:
    """Whether no cache is written; None when that depends on something unknown."""
    if install.no_cache:
        return True
    stage = enclosing_stage(ctx.document, script.span)
    if stage is None:
        return None
    for setting in set_before(
        ctx.document, stage, frozenset((_OFF[install.manager],)), script.span
    ):
        if setting.value is UNKNOWN:
            return None
        value = setting.value.value if isinstance(setting.value, Known) else ""
        if value and (install.manager == "pip" or value.lower() not in _NO):
            return True
    return None if not install.complete else False


def _cache_mount(script: Script, manager: str, ctx: Context) -> str:
    """The target of a cache mount that holds the manager's cache, empty without one."""
    stage = enclosing_stage(ctx.document, script.span)
    places = [f".cache/{manager}", ".cache"]
    if stage is not None:
        settings = set_before(ctx.document, stage, frozenset((_PLACE[manager],)), script.span)
        places += [one.value.value.rstrip("/") for one in settings if isinstance(one.value, Known)]
    for mount in script.mounts:
        kind, _, target = mount.partition(":")
        if kind == "cache" and target.rstrip("/").endswith(tuple(places)):
            return target
    return ""
