"""The configuration of hadolint.

https://github.com/hadolint/hadolint#configure
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.policy.adopt.model import OFF, Adopted
from imagelint.policy.adopt.read import words, yaml_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source
    from imagelint.documents.yaml.cursor import Cursor

SEVERITIES = {"error": "high", "warning": "medium", "info": "low", "style": "info"}
# Its rules by the severity that they have without a configuration, from src/Hadolint/Rule of
# 2.15.1; all others are warnings.
_ERRORS = (
    "DL3000 DL3004 DL3011 DL3012 DL3020 DL3021 DL3023 DL3024 DL3026 DL3043 DL3044 DL3061 DL4000"
    " DL4004"
)
_INFOS = "DL3001 DL3009 DL3010 DL3015 DL3019 DL3047 DL3049 DL3050 DL3059 DL3060 DL3066"
_STYLES = "DL3048"
_IGNORED = "DL1001 DL3057"
# They speak only where the configuration says what is wanted.
_CONFIGURED = ("DL3026", "DL3049", "DL3050")
_CARRIED = frozenset(
    ("ignored", "override", "failure-threshold", "trustedRegistries", "format", "no-color")
)


def read_hadolint(source: Source) -> Adopted:
    """What a `.hadolint.yaml` says.

    Raises:
        UsageError: it is no YAML.
    """
    root = yaml_root(source)
    registries = words(root["trustedRegistries"])
    levels = [*_defaults()]
    levels += [(id_, OFF) for id_ in _CONFIGURED if id_ != "DL3026" or not registries]
    for severity, level in SEVERITIES.items():
        levels += [(id_, level) for id_ in words(root["override"][severity])]
    ignored = words(root["ignored"])
    levels += [(id_, OFF) for id_ in ignored if id_.startswith("DL")]
    threshold = root["failure-threshold"].word() or "info"
    return Adopted(
        ("hadolint",),
        tuple(levels),
        usual="medium",
        fail_on=SEVERITIES.get(threshold, "critical"),
        registries=tuple(map(_registry, registries)),
        untold=tuple(_untold(root, threshold)),
    )


def _defaults() -> Iterator[tuple[str, str]]:
    for ids, level in ((_ERRORS, "high"), (_INFOS, "low"), (_STYLES, "info"), (_IGNORED, OFF)):
        yield from ((id_, level) for id_ in ids.split())


def _registry(name: str) -> str:
    """Its names are of registries, ours of images."""
    return f"{name}/*"


def _untold(root: Cursor, threshold: str) -> Iterator[str]:
    if threshold in ("ignore", "none"):
        yield "`failure-threshold: ignore`: nothing fails there, here what is critical does"
    for name, place in root.entries():
        said = place.boolean()
        if name not in _CARRIED and not (isinstance(said, Known) and not said.value):
            yield f"`{name}`"
