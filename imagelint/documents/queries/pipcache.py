"""Questions about the cache that pip and uv keep while an image is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import UNKNOWN, Known
from imagelint.documents.queries.stages import enclosing_stage, set_before

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.packages.installs import PackageInstall
    from imagelint.documents.shared import EnvVar
    from imagelint.documents.shell.script import Script

__all__ = ["CACHE_OPTION", "CACHE_VARIABLE", "cache_mount", "cache_switched_off"]
__all__ += ["fills_cache"]

CACHE_VARIABLE = {"pip": "PIP_NO_CACHE_DIR", "uv": "UV_NO_CACHE"}
CACHE_OPTION = {"pip": "--no-cache-dir", "uv": "--no-cache"}
_PLACE = {"pip": "PIP_CACHE_DIR", "uv": "UV_CACHE_DIR"}
_SMALL = frozenset(("pip", "setuptools", "wheel"))
_NO = frozenset(("0", "false", "no", "off", "n", "f"))


def cache_switched_off(document: Document, script: Script, install: PackageInstall) -> bool | None:
    """Whether an installation writes no cache; None when that depends on something unknown.

    pip takes every word that means yes for it, and by tradition every word that means no as well
    (https://github.com/pypa/pip/blob/main/src/pip/_internal/cli/cmdoptions.py); uv only the former.
    """
    if install.no_cache:
        return True
    for setting in _settings(document, script, CACHE_VARIABLE[install.manager]):
        if setting.value is UNKNOWN:
            return None
        value = setting.value.value if isinstance(setting.value, Known) else ""
        if value and (install.manager == "pip" or value.lower() not in _NO):
            return True
    return False if install.complete else None


def cache_mount(document: Document, script: Script, manager: str) -> str:
    """The target of the cache mount which holds the manager's cache, empty without one."""
    places = [f".cache/{manager}", ".cache"]
    settings = _settings(document, script, _PLACE[manager])
    places += [one.value.value.rstrip("/") for one in settings if isinstance(one.value, Known)]
    for mount in script.mounts:
        kind, _, target = mount.partition(":")
        if kind == "cache" and target.rstrip("/").endswith(tuple(filter(None, places))):
            return target
    return ""


def fills_cache(install: PackageInstall) -> bool:
    """Whether an installation brings more than pip itself."""
    names = {package.name for package in install.packages}
    return bool(install.files) or not names or not names <= _SMALL


def _settings(document: Document, script: Script, name: str) -> list[EnvVar]:
    stage = enclosing_stage(document, script.span)
    return set_before(document, stage, frozenset((name,)), script.span) if stage else []
