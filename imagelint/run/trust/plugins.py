"""Import the rules of installed packages that a policy names."""

from __future__ import annotations

import os
import sys
import sysconfig
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from imagelint.collect.contentdigest import content_digest
from imagelint.collect.files import display
from imagelint.core.errors import Diagnostic, PolicyError
from imagelint.policy.custom.plugins import EXPORTED, exported_rules, with_plugins

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.machinery import ModuleSpec

    from imagelint.policy.model import Plugin, Policy


def plugged(policy: Policy, roots: Iterable[str]) -> Policy:
    """The policy with the rules of its plugins, which are on.

    `roots` are the folders of what is examined: nothing below them is imported.

    Raises:
        PolicyError: a plugin is not installed, lies in what is examined, holds no rules, or rules
            whose names are taken.
    """
    folders = tuple(dict.fromkeys((*roots, os.path.realpath(os.getcwd()))))
    imported = [_imported(plugin, folders) for plugin in policy.plugins]
    taken = set(policy.custom)
    for plugin in imported:
        for rule in plugin.rules:
            if rule.name in taken:
                raise _wrong(plugin, f"`{rule.name}` of `{plugin.name}` is defined already")
        taken.update(rule.name for rule in plugin.rules)
    return with_plugins(policy, imported)


def _imported(plugin: Plugin, roots: tuple[str, ...]) -> Plugin:
    places = tuple(_places(plugin))
    for place in places:
        if _is_examined(place, roots):
            message = f"the plugin `{plugin.name}` lies in what is examined: {display(place)}"
            raise _wrong(plugin, message, "install it elsewhere: what is examined must not run")
    try:
        module = import_module(plugin.name)
    except Exception as error:  # noqa: BLE001 - whatever it does when it is imported
        message = f"the plugin `{plugin.name}` cannot be imported: {type(error).__name__}: {error}"
        raise _wrong(plugin, message) from None
    try:
        rules = exported_rules(plugin.name, getattr(module, EXPORTED, None))
    except ValueError as error:
        raise _wrong(plugin, str(error)) from None
    return plugin._replace(rules=rules, digest=content_digest(places))


def _places(plugin: Plugin) -> Iterator[str]:
    """The files and folders from which a package would be imported; nothing of it is run yet."""
    top, *_ = plugin.name.partition(".")
    try:
        spec: ModuleSpec | None = find_spec(top)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        message = f"the plugin `{plugin.name}` is not installed"
        raise _wrong(plugin, message, "install it beside imagelint")
    if spec.submodule_search_locations is not None:
        yield from map(os.path.realpath, spec.submodule_search_locations)
    elif spec.origin is not None:
        yield os.path.realpath(spec.origin)


def _is_examined(place: str, roots: tuple[str, ...]) -> bool:
    """Whether a file lies in what is examined, and not where imagelint's own packages do."""
    own = {os.path.realpath(sysconfig.get_path(key)) for key in ("purelib", "platlib")}
    # An environment that lies in the tree is trusted already: it runs imagelint.
    if os.path.realpath(sys.prefix) != os.path.realpath(sys.base_prefix) and _below(place, own):
        return False
    return _below(place, roots)


def _below(place: str, folders: Iterable[str]) -> bool:
    return any(os.path.commonpath((place, folder)) == folder for folder in folders)


def _wrong(plugin: Plugin, message: str, help_: str = "") -> PolicyError:
    return PolicyError(Diagnostic(message, plugin.origin, help_))
