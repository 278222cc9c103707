"""What an Argo CD ApplicationSet deploys: its template, filled with what its generators give.

https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators/
"""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING

from imagelint.core.pattern import pattern
from imagelint.core.record import NamedTuple
from imagelint.documents.gitops.argocd import application_sources
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.nodes import Entry, Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    from imagelint.documents.gitops.model import DeliverySource
    from imagelint.documents.kubernetes.objects import KubernetesObject
    from imagelint.documents.yaml.nodes import YamlNode

    Parameters: TypeAlias = "dict[str, str]"

_PARAMETER = pattern(r"\{\{-?\s*\.?([\w.-]+(?:\[[0-9]+\])?)\s*-?\}\}")
_SEGMENT = pattern(r"\{\{-?\s*index\s+\.path\.segments\s+([0-9]+)\s*-?\}\}")
_MOST = 200  # Applications of one set
UNFOLLOWED = "its generators give what is not in the repository"


class Folders(NamedTuple):
    """What of a repository a generator takes: folders, or files with parameters, by globs."""

    globs: tuple[str, ...]
    without: tuple[str, ...]
    files: bool


def set_sources(
    obj: KubernetesObject, title: str, found: Callable[[Folders], list[Parameters]]
) -> Iterator[DeliverySource]:
    """The sources of the Applications of a set; `found` gives the parameters of a repository's.

    Where a place, or a value, takes what no generator in the repository gives, it is unread.
    """
    spec = obj.body["spec"]
    template = spec["template"]
    generators = spec["generators"].items()
    known = [_parameters(one, found) for one in generators]
    filled: list[Parameters] = [one for some in known for one in some or ()]
    if None in known or not generators:
        filled.append({})  # the others
    for parameters in islice(filled, _MOST):
        node = _filled(template.node, parameters) if template.node is not None else None
        place = Cursor(node)
        name = place.at("metadata", "name").word() or obj.name
        for source in application_sources(place["spec"], title, name):
            open_ = _is_open(place["spec"])
            yield source._replace(path="", unread=UNFOLLOWED) if open_ else source


def _parameters(
    generator: Cursor, found: Callable[[Folders], list[Parameters]]
) -> list[Parameters] | None:
    """What a generator gives; None for what nobody knows from files."""
    if generator["list"].exists:
        items = generator.at("list", "elements").items()
        return [_flat(item) for item in items] if items else None
    if generator["git"].exists:
        return _from_git(generator["git"], found)
    if generator["matrix"].exists:
        parts = [_parameters(one, found) for one in generator.at("matrix", "generators").items()]
        if None in parts or not parts:
            return None
        every = product(*(part for part in parts if part is not None))
        return [
            {name: text for part in one for name, text in part.items()}
            for one in islice(every, _MOST)
        ]
    return None


def _from_git(git: Cursor, found: Callable[[Folders], list[Parameters]]) -> list[Parameters] | None:
    field = "directories" if git["directories"].exists else "files"
    items = git[field].items()
    chosen = [item["path"].word() for item in items if item["exclude"].word() != "true"]
    without = [item["path"].word() for item in items if item["exclude"].word() == "true"]
    if not all(chosen) or not chosen:
        return None
    return found(Folders(tuple(chosen), tuple(without), field == "files")) or None


def _flat(place: Cursor, above: str = "") -> Parameters:
    """The scalars of a mapping under their dotted names."""
    found: Parameters = {}
    pending = [(above, place)]
    while pending:
        name, one = pending.pop()
        if isinstance(one.node, Scalar):
            found[name] = one.node.text
        pending += [(f"{name}.{key}" if name else key, inner) for key, inner in one.entries()]
    return found


flat = _flat


def folder_parameters(path: str, prefix: str = "path") -> Parameters:
    """What a set says of a folder: `{{path}}`, `{{.path.basename}}`, `{{path[0]}}`."""
    parts = path.split("/")
    found = {prefix: path, f"{prefix}.path": path, f"{prefix}.basename": parts[-1]}
    normal = parts[-1].lower().replace("_", "-")
    found[f"{prefix}.basenameNormalized"] = normal
    for number, part in enumerate(parts):
        found[f"{prefix}[{number}]"] = found[f"segment {number}"] = part
    return found


def _filled(node: YamlNode, parameters: Parameters) -> YamlNode:
    if isinstance(node, Mapping):
        entries = tuple(Entry(one.key, _filled(one.value, parameters)) for one in node.entries)
        return Mapping(node.span, entries)
    if isinstance(node, Sequence):
        return Sequence(node.span, tuple(_filled(item, parameters) for item in node.items))
    if "{{" not in node.text:
        return node
    text = _PARAMETER.sub(lambda match: parameters.get(match[1], match[0]), node.text)
    text = _SEGMENT.sub(lambda match: parameters.get(f"segment {match[1]}", match[0]), text)
    return node._replace(value=text, plain=False)


def _is_open(spec: Cursor) -> bool:
    """Whether a source takes parameters that are not known; where it goes does not matter."""
    pending = [spec["source"].node, spec["sources"].node]
    while pending:
        node = pending.pop()
        if isinstance(node, Mapping):
            pending += [
                entry.value
                for entry in node.entries
                if entry.key.text not in ("targetRevision", "repoURL", "releaseName")
            ]
        elif isinstance(node, Sequence):
            pending += node.items
        elif node is not None and _PARAMETER.search(node.text):
            return True
    return False
