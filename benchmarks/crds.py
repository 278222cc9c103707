"""Writes custom resource definitions, as generators of operators do: schemas with descriptions."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HEAD = """\
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  annotations:
    controller-gen.kubebuilder.io/version: v0.16.5
  name: {plural}.{group}
spec:
  group: {group}
  names:
    kind: {kind}
    listKind: {kind}List
    plural: {plural}
    singular: {singular}
  scope: Namespaced
  versions:
  - name: v1
    schema:
      openAPIV3Schema:
        description: {kind} is the schema of the {singular} API.
        properties:
"""
_TAIL = """\
        type: object
    served: true
    storage: true
    subresources:
      status: {}
"""
_STEP = "  "
_OUTER = _STEP * 5
_WORDS = tuple(
    word
    for line in (
        "the a of to field list name node pod volume container must be defined when specified",
        "optional default value true whether this which each will cannot updated resource object",
        "selector match label key scheduled replica secret reference namespace by user request",
    )
    for word in line.split()
)
_NAMES = tuple(
    word
    for line in (
        "affinity args claims command containers emptyDir env items key labels limits mode name",
        "matchExpressions namespace operator path port ports preference probe resources scheme",
        "selector storage tolerations topologyKey type values volumes weight",
    )
    for word in line.split()
)
_FORMATS = ("int32", "int64")


def write_crds(folder: Path, number: int) -> None:
    """A tree of so many files, with one definition of 100 KB to 2 MB each: 0.6 MB on average."""
    for index in range(number):
        chance = random.Random(index)  # noqa: S311 - the same files every time
        place = folder / f"operator{index // 10:03d}" / "crds"
        place.mkdir(parents=True, exist_ok=True)
        size = int(100_000 * 20 ** chance.random())
        (place / f"kind{index:04d}.yaml").write_text(definition(index, size), encoding="utf-8")


def definition(index: int, size: int) -> str:
    """The definition of a kind, of about so many characters."""
    chance = random.Random(index)  # noqa: S311 - the same files every time
    singular = f"kind{index}"
    head = _HEAD.format(
        group=f"team{index % 10}.example.com",
        kind=singular.capitalize(),
        singular=singular,
        plural=f"{singular}s",
    )
    parts = [head]
    room = size - len(head) - len(_TAIL)
    number = 0
    while room > 0:
        number += 1
        part = "".join(_property(chance, f"part{number}", _OUTER, 0))
        parts.append(part)
        room -= len(part)
    return "".join((*parts, _TAIL))


def _property(chance: random.Random, name: str, indent: str, depth: int) -> Iterator[str]:
    yield f"{indent}{name}:\n"
    within = indent + _STEP
    yield from _description(chance, within)
    # Objects within objects, as templates of pods are: most of a schema is indentation.
    if depth and (depth == 7 or chance.random() < 0.5):
        yield from _leaf(chance, within)
        return
    yield f"{within}properties:\n"
    names = chance.sample(_NAMES, chance.randint(2, 6))
    for each in sorted(names):
        yield from _property(chance, each, within + _STEP, depth + 1)
    if chance.random() < 0.5:
        yield f"{within}required:\n{within}- {names[0]}\n"
    yield f"{within}type: object\n"


def _description(chance: random.Random, indent: str) -> Iterator[str]:
    lines = chance.randint(1, 6)
    if lines == 1:
        yield f"{indent}description: {_sentence(chance)}\n"
        return
    yield f"{indent}description: |-\n"
    for _ in range(lines):
        yield f"{indent}{_STEP}{_sentence(chance)}\n"


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(_WORDS, k=chance.randint(6, 14))).capitalize() + "."


def _leaf(chance: random.Random, indent: str) -> Iterator[str]:
    match chance.randrange(4):
        case 0:
            yield f"{indent}format: {chance.choice(_FORMATS)}\n{indent}type: integer\n"
        case 1:
            yield f"{indent}items:\n{indent}{_STEP}type: string\n{indent}type: array\n"
            yield f"{indent}x-kubernetes-list-type: atomic\n"
        case 2:
            yield f"{indent}anyOf:\n{indent}- type: integer\n{indent}- type: string\n"
            yield f"{indent}x-kubernetes-int-or-string: true\n"
        case _:
            yield f"{indent}type: {chance.choice(('string', 'boolean'))}\n"
