"""The configuration of Trivy, and its file of what is ignored.

https://trivy.dev/docs/latest/references/configuration/config-file/
https://trivy.dev/docs/latest/configuration/filtering/#trivyignore
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.policy.adopt.model import LEVELS, OFF, Adopted, AdoptedWaiver
from imagelint.policy.adopt.read import words, yaml_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source
    from imagelint.documents.yaml.cursor import Cursor

_EXPIRES = pattern(r"exp:(\d{4}-\d{2}-\d{2})")
_VULNERABILITY = pattern(r"(?:CVE|GHSA|DLA|DSA|ELSA|RHSA|ALAS|PYSEC|GO)-[\w-]+")
_CARRIED = frozenset(("severity", "scan", "format", "output", "quiet", "debug", "cache", "db"))


def read_trivy(source: Source) -> Adopted:
    """What a `trivy.yaml` says, or a `.trivyignore`.

    Raises:
        UsageError: it is no YAML.
    """
    if source.origin.endswith("ignore"):
        return _ignored(source.text)
    root = yaml_root(source)
    listed = [word.lower() for word in words(root["severity"])]
    severities = [level for level in LEVELS if level in listed]
    scan = root["scan"]
    folders = (f"{path.strip('/')}/**" for path in words(scan["skip-dirs"]))
    return Adopted(
        ("trivy",),
        fail_on=severities[0] if severities else "info",
        exclude=(*words(scan["skip-files"]), *folders),
        untold=tuple(_untold(root)),
    )


def _ignored(text: str) -> Adopted:
    levels: list[tuple[str, str]] = []
    waivers: list[AdoptedWaiver] = []
    for line in text.splitlines():
        id_, *rest = line.partition("#")[0].split() or [""]
        if _VULNERABILITY.fullmatch(id_):
            ends = [match[1] for word in rest if (match := _EXPIRES.fullmatch(word))]
            waivers.append(AdoptedWaiver(id_, ends[0] if ends else ""))
        elif id_:
            levels.append((id_.removeprefix("AVD-"), OFF))
    return Adopted(("trivy",), tuple(levels), fail_on="info", waivers=tuple(waivers))


def _untold(root: Cursor) -> Iterator[str]:
    for name, _ in root.entries():
        if name not in _CARRIED:
            yield f"`{name}`"
