"""Where the values are written of which a kustomization generates ConfigMaps and Secrets.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/configmapgenerator/
"""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.documents.base import Document
from imagelint.documents.dotenv import EnvironmentFile
from imagelint.documents.project import beside
from imagelint.documents.shared import Holder, Setting
from imagelint.documents.yaml.nodes import Scalar
from imagelint.documents.yaml.settings import setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.documents.project import Project
    from imagelint.documents.yaml.cursor import Cursor
    from imagelint.documents.yaml.nodes import YamlNode

GENERATORS = {"ConfigMap": "configMapGenerator", "Secret": "secretGenerator"}


def generator_of(kustomization: Cursor, made: Cursor) -> Cursor | None:
    """The entry of a kustomization that generates an object: names get a hash, and affixes."""
    field = GENERATORS.get(made["kind"].word(), "")
    name = made.at("metadata", "name").word()
    named = [one for one in kustomization[field].items() if one["name"].word() in name]
    return max(named, key=lambda one: len(one["name"].word()), default=None)


def generated_values(
    generator: Cursor, own: Document, project: Project
) -> Iterator[tuple[str, YamlNode, Document]]:
    """The keys that a generator fills, each with its value where that is written, and in what.

    What stands in a file that is not there to read is placed where that is named.
    """
    for literal in generator["literals"].items():
        name, equals, _ = literal.word().partition("=")
        if equals:
            yield from (
                (name, _scalar(one), own)
                for one in setting(name, literal, Holder.CONFIG_MAP, len(name) + 1)
            )
    for item in generator["files"].items():
        yield from _of_file(item, own, project)
    for item in (generator["env"], *generator["envs"].items()):
        found = project.document(beside(own.source.origin, item.word()), EnvironmentFile)
        if isinstance(found, Known):
            for one in found.value.nodes_of(Setting):
                yield one.name, _scalar(one), found.value


def _of_file(
    item: Cursor, own: Document, project: Project
) -> Iterator[tuple[str, YamlNode, Document]]:
    name, _, path = item.word().rpartition("=")
    file = file_of(beside(own.source.origin, path), own, project)
    if file is not None:
        text = file.source.text
        yield name or basename(path), Scalar(file.span, text, text, plain=False), file
    elif item.node is not None:
        yield name or basename(path), item.node, own


def file_of(origin: str, own: Document, project: Project) -> Document | None:
    """The document of a file: the kustomization holds those of which no name says what they are."""
    for embedded in own.embedded:
        if embedded.document.source.origin == origin and embedded.mapped is None:
            return embedded.document
    found = project.document(origin, Document)
    return found.value if isinstance(found, Known) else None


def _scalar(one: Setting) -> Scalar:
    return Scalar(one.span, one.text, one.text, plain=False)
