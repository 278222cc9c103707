"""The configuration of Checkov.

https://www.checkov.io/2.Basics/CLI%20Command%20Reference.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.policy.adopt.model import OFF, ON, Adopted
from imagelint.policy.adopt.read import words, yaml_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source
    from imagelint.documents.yaml.cursor import Cursor

# About what is printed and where, or about files that are not ours.
_NOT_ABOUT_RULES = (
    "block-list-secret-scan branch compact directory download-external-modules evaluate-variables"
    " file framework no-fail-on-crash no-guide output output-file-path quiet repo-id skip-download"
    " skip-framework skip-results-upload"
)
_CARRIED = frozenset(("check", "skip-check", "soft-fail", "skip-path"))


def read_checkov(source: Source) -> Adopted:
    """What a `.checkov.yaml` says.

    Raises:
        UsageError: it is no YAML.
    """
    root = yaml_root(source)
    wanted, skipped = words(root["check"]), words(root["skip-check"])
    levels = [("*", OFF)] if wanted else []
    levels += [(id_, ON) for id_ in wanted]
    levels += [(id_, OFF) for id_ in skipped]
    soft = root["soft-fail"].boolean()
    softly = isinstance(soft, Known) and soft.value
    return Adopted(
        ("checkov",),
        tuple(levels),
        fail_on="critical" if softly else "info",  # every finding fails there, or none
        exclude=tuple(f"{path.strip('/')}/**" for path in words(root["skip-path"])),
        untold=tuple(_untold(root, soft=softly)),
    )


def _untold(root: Cursor, *, soft: bool) -> Iterator[str]:
    if soft:
        yield "`soft-fail`: nothing fails there, here what is critical does"
    if root["skip-path"].exists:
        yield "`skip-path` is read as folders: its regular expressions are not globs"
    for name, _ in root.entries():
        if name not in _CARRIED and name not in _NOT_ABOUT_RULES.split():
            yield f"`{name}`"
