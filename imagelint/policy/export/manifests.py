"""Manifests for a cluster as YAML, with what they do not hold in a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from imagelint.core.pattern import pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

_OTHERS = pattern(r"[^a-z0-9]+")
_LONGEST_NAME = 50  # of the 63 characters of a label, with room for a number


class _Dumper(yaml.SafeDumper):
    """Keys stand as blocks, one line as one line."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def written(manifests: Iterable[object], notes: Iterable[str]) -> str:
    """The manifests, and above them what whoever applies them should know."""
    # A note quotes the policy, and must not end its comment.
    head = "".join(f"# {_one_line(note)}\n" for note in notes)
    body = yaml.dump_all(
        manifests, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000
    )
    return head + body


def _one_line(note: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in note).split())


def object_name(*parts: str) -> str:
    """A name that an object may have."""
    words = _OTHERS.sub("-", "-".join(parts).lower()).strip("-")
    return words[:_LONGEST_NAME].rstrip("-") or "imagelint"


def whole(expression: str) -> str:
    """A regular expression that is about the whole of a text, for programs that search in it."""
    return f"^(?:{expression})$"
