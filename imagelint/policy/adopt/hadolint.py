"""The configuration of hadolint.

https://github.com/hadolint/hadolint#configure
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.policy.adopt.model import OFF, ON, Adopted
from imagelint.policy.adopt.read import words, yaml_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

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
_SHELL = "shell-mistake"  # which answers to all ids of ShellCheck
# Rules that say more than hadolint does: of no USER at all, of other managers, of scripts in files.
_BEYOND = (
    *("root-user", "unpinned-image", "secret-in-build", "package-cache-kept", "pip-cache-kept"),
    *("unpinned-pip-install", "unpinned-gpu-stack", "unpinned-installer", "unpinned-requirement"),
    *("unpinned-language-package", "unpinned-system-package", "unanswered-prompt"),
    *("distribution-upgrade", _SHELL),
)
# They speak only where the configuration says what is wanted.
_OF_TYPES = ("DL3051", "DL3052", "DL3053", "DL3054", "DL3055", "DL3056", "DL3058")
# Its types of labels, as ours: src/Hadolint/Rule.hs.
_TYPES = {
    **dict.fromkeys(("", "text", "rawtext"), "text"),
    **dict.fromkeys(("hash", "githash"), "hash"),
    **{name: name for name in ("email", "rfc3339", "semver", "spdx", "url")},
}
_CARRIED = frozenset(
    {"ignored", "override", "failure-threshold", "trustedRegistries", "format", "no-color"}
    | {"label-schema", "strict-labels", "disable-ignore-pragma"}
)


def read_hadolint(source: Source) -> Adopted:
    """What a `.hadolint.yaml` says.

    Raises:
        UsageError: it is no YAML.
    """
    root = yaml_root(source)
    registries = words(root["trustedRegistries"])
    levels = [*_defaults()]
    schema = {key: place.word().lower() for key, place in root["label-schema"].entries()}
    strict = root["strict-labels"].boolean()
    pragma = root["disable-ignore-pragma"].boolean()
    is_strict = isinstance(strict, Known) and strict.value
    levels += [("DL3026", OFF)] if not registries else []
    levels += [(id_, OFF) for id_ in ("DL3049", *_OF_TYPES) if not schema]
    levels += [("DL3050", OFF)] if not is_strict else []
    overridden = [*_overrides(root)]
    levels += [each for each in overridden if not _is_shellchecks(each[0])]
    ignored = words(root["ignored"])
    levels += [("SC*", ON), *((id_, OFF) for id_ in ignored if not _is_shellchecks(id_))]
    threshold = root["failure-threshold"].word() or "info"
    return Adopted(
        ("hadolint",),
        tuple(levels),
        usual="medium",
        fail_on=SEVERITIES.get(threshold, "critical"),
        options=(
            *_label_options(schema, strict="true" if is_strict else "false"),
            (_SHELL, "severities: hadolint"),
        ),
        exempt=(
            *((name, "not hadolint") for name in _BEYOND),
            *((_SHELL, f"hadolint {id_}") for id_ in ignored if _is_shellchecks(id_)),
        ),
        registries=tuple(map(_registry, registries)),
        refused=("foreign",) if isinstance(pragma, Known) and pragma.value else (),
        untold=(*_untold(root, threshold), *_unknown_types(schema), *_of_shell(overridden)),
    )


def _label_options(schema: Mapping[str, str], strict: str) -> Iterator[tuple[str, str]]:
    """Its labels are both wanted and checked."""
    types = json.dumps([f"{key}={_TYPES.get(kind, 'text')}" for key, kind in schema.items()])
    yield "invalid-label", f"presets: [], types: {types}, strict: {strict}"
    yield "missing-label", f"preset: none, labels: {json.dumps(list(schema))}"


def _unknown_types(schema: Mapping[str, str]) -> Iterator[str]:
    unknown = [key for key, kind in schema.items() if kind not in _TYPES]
    if unknown:
        yield f"`label-schema`: the types of {', '.join(unknown)}, which are text here"


def _overrides(root: Cursor) -> Iterator[tuple[str, str]]:
    for severity, level in SEVERITIES.items():
        yield from ((id_, level) for id_ in words(root["override"][severity]))


def _is_shellchecks(id_: str) -> bool:
    return id_.startswith("SC")


def _of_shell(overridden: Iterable[tuple[str, str]]) -> Iterator[str]:
    named = [id_ for id_, _ in overridden if _is_shellchecks(id_)]
    if named:
        yield f"`override` of {', '.join(named)}, which are as severe as ShellCheck says here"


def _defaults() -> Iterator[tuple[str, str]]:
    for ids, level in ((_ERRORS, "high"), (_INFOS, "low"), (_STYLES, "info"), (_IGNORED, OFF)):
        yield from ((id_, level) for id_ in ids.split())


def _registry(name: str) -> str:
    """Its names are of registries, ours of images."""
    return f"{name}/*"


def _untold(root: Cursor, threshold: str) -> Iterator[str]:
    named = [id_ for severity in SEVERITIES for id_ in words(root["override"][severity])]
    if "DL1001" in named and "DL1001" not in words(root["ignored"]):
        yield "`DL1001`: only comments that a policy refuses are told here"
    if threshold in ("ignore", "none"):
        yield "`failure-threshold: ignore`: nothing fails there, here what is critical does"
    for name, place in root.entries():
        said = place.boolean()
        if name not in _CARRIED and not (isinstance(said, Known) and not said.value):
            yield f"`{name}`"
