"""Which policy holds for which file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.files import display
from imagelint.collect.findup import nearest, root_of
from imagelint.collect.read import ReadResult, decode, read_bytes
from imagelint.core.errors import Diagnostic, PolicyError
from imagelint.policy.demands import demand, narrowed
from imagelint.policy.load import Validated, default_policy, load_policy, pack
from imagelint.policy.model import Policy, merge_all

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from imagelint.core.source import Source

POLICY_NAME = ".imagelint.yaml"


class Policies:
    """The policy of each file: the chosen ones for all, or else the nearest `.imagelint.yaml`.

    `flags` is laid on top of every policy. Where `only` names rules, these run, and no others.
    """

    def __init__(
        self,
        chosen: Iterable[str],
        flags: Policy,
        validated: Validated,
        only: Collection[str] = (),
    ) -> None:
        self._flags = flags
        self._only = frozenset(only)
        self._validated = validated
        self._by_path: dict[str | None, Policy] = {}
        self._by_folder: dict[str, Policy] = {}
        names = tuple(chosen)
        self._chosen = self._named(names) if names else None

    @property
    def are_named(self) -> bool:
        """Whether policies were chosen by name, and no other is looked for."""
        return self._chosen is not None

    def of(self, folder: str) -> Policy:
        """The policy for files in a folder.

        Raises:
            PolicyError: the policy file there is wrong.
        """
        if self._chosen is not None:
            return self._chosen
        known = self._by_folder.get(folder)
        if known is None:
            known = self._by_folder[folder] = self._at(nearest(folder, POLICY_NAME))
        return known

    def base_of(self, policy: Policy) -> str:
        """The folder to which the globs of a policy are relative: that of its own file."""
        own = policy.sources[-1].origin if policy.sources else ""
        return os.path.dirname(own) if own and self._chosen is None else os.getcwd()

    def all(self) -> tuple[Policy, ...]:
        """Every policy that was asked for so far."""
        if self._chosen is not None:
            return (self._chosen,)
        return tuple(self._by_path.values())

    def _at(self, path: str | None) -> Policy:
        if path not in self._by_path:
            below = default_policy() if path is None else self._load(path, _bounds(path))
            policy = demand(below, self._flags, named=False)
            self._by_path[path] = narrowed(policy, self._only)
        return self._by_path[path]

    def _named(self, names: tuple[str, ...]) -> Policy:
        layers = [self._load(name) if _is_file(name) else _pack(name) for name in names]
        extends = tuple(name for name in names if not _is_file(name))
        below = merge_all((Policy(extends=extends), *layers))
        merged = narrowed(demand(below, self._flags, named=True), self._only)
        return merged if len(names) == 1 else merged._replace(name="")

    def _load(self, path: str, within: str = "") -> Policy:
        source = read_source(display(path), within)
        return load_policy(source, lambda origin: read_extended(origin, within), self._validated)


def _bounds(path: str) -> str:
    """The folder that a policy which nobody has named may not lead out of."""
    return os.path.realpath(root_of(os.path.dirname(path)))


def _is_file(name: str) -> bool:
    return os.sep in name or name.endswith((".yaml", ".yml"))


def _pack(name: str) -> Policy:
    try:
        return pack(name)
    except KeyError:
        from imagelint.policy.builtin import PACKS
        from imagelint.policy.suggest import did_you_mean

        help_ = did_you_mean(name, PACKS)
        raise PolicyError(Diagnostic(f"there is no policy pack `{name}`", help=help_)) from None


def read_source(origin: str, within: str = "") -> Source:
    """The source of a policy file; with `within` it has to lie below that folder.

    Raises:
        PolicyError: it cannot be read.
    """
    try:
        return read_extended(origin, within)
    except ValueError as error:
        complaint = Diagnostic(f"the policy cannot be read: {error}", at=origin)
        raise PolicyError(complaint) from None


def read_extended(origin: str, within: str = "") -> Source:
    """The source of a file that a policy extends: its reader says where that is written.

    With `within` it has to lie below that folder: what is examined may not have us read others.

    Raises:
        ValueError: it cannot be read, and why.
    """
    path = os.path.realpath(origin) if within else origin
    if within and os.path.commonpath((path, within)) != within:
        message = f"it lies outside of {display(within)}"
        raise ValueError(message)
    data = read_bytes(path, origin, within)
    text = decode(data, origin) if isinstance(data, bytes) else ReadResult(None, (data,))
    if text.source is None or text.problems:
        raise ValueError(text.problems[0].detail)
    return text.source
