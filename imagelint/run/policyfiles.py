"""Policy files as they lie on the disk."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from imagelint.collect.deadline import NEVER
from imagelint.collect.files import display
from imagelint.collect.findup import root_of
from imagelint.collect.read import ReadResult, decode, read_bytes
from imagelint.core.errors import Diagnostic, PolicyError
from imagelint.core.record import NamedTuple
from imagelint.policy.load import load_policy, pack
from imagelint.policy.model import DEFAULT_PACKS, Policy, merge_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from imagelint.collect.deadline import Deadline
    from imagelint.core.source import Source
    from imagelint.policy.load import Validated

    Read = Callable[[str], Source]

POLICY_NAME = ".imagelint.yaml"
VARIABLE = "IMAGELINT_POLICY"
"""The environment variable with the policy of the organisation whose runner this is."""


class TrustRequest(NamedTuple):
    """A commit, and the file of an organisation; both may be empty.

    `paths` are the files and folders that are examined: nothing in their repositories is trusted.
    The commit is asked for until the `deadline`.
    """

    ref: str = ""
    organisation: str = ""
    paths: tuple[str, ...] = ()
    deadline: Deadline = NEVER


class PolicyFiles:
    """Loads policies, and remembers which texts are valid."""

    def __init__(self, validated: Validated) -> None:
        self._validated = validated

    def load(self, path: str, default: tuple[str, ...] = DEFAULT_PACKS) -> Policy:
        """A policy that nobody has named: it may not lead out of its repository.

        Raises:
            PolicyError: it is wrong, or cannot be read.
        """
        within = os.path.realpath(root_of(os.path.dirname(path)))
        source = read_source(display(path), within)
        return self.resolve(source, lambda origin: read_extended(origin, within), default)

    def resolve(
        self, source: Source, read: Read, default: tuple[str, ...] = DEFAULT_PACKS
    ) -> Policy:
        """The policy of a text with all that it extends.

        Raises:
            PolicyError: it is wrong, or something that it extends cannot be read.
        """
        return load_policy(source, read, self._validated, default)

    def named(self, names: Iterable[str], read: Read | None = None) -> Policy:
        """Packs and files as one policy, the last on top; `read` gives the source of a file.

        Raises:
            PolicyError: one of them is wrong, or cannot be read.
        """
        given = tuple(names)
        layers = [self._file(name, read) if is_file(name) else _pack(name) for name in given]
        extends = tuple(name for name in given if not is_file(name))
        merged = merge_all((Policy(extends=extends), *layers))
        return merged if len(given) == 1 else merged._replace(name="")

    def _file(self, name: str, read: Read | None) -> Policy:
        if read is None:
            return self.resolve(read_source(display(name)), read_extended)
        return self.resolve(_readable(read, display(name)), read)


def is_file(name: str) -> bool:
    """Whether a policy that is named on the command line is a file, and no pack."""
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
    return _readable(lambda path: read_extended(path, within), origin)


def _readable(read: Read, origin: str) -> Source:
    try:
        return read(origin)
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
