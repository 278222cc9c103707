"""What a conda environment is made of: `environment.yml`, or a list of packages.

https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.core.source import Span
from imagelint.documents.packages.conda import match_spec
from imagelint.documents.packages.model import PackageIndex
from imagelint.documents.packages.pep508 import read_requirement
from imagelint.documents.packages.projects import ProjectList
from imagelint.documents.yaml.load import YamlError, read_yaml
from imagelint.documents.yaml.nodes import Mapping, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source
    from imagelint.documents.packages.model import Requirement
    from imagelint.documents.yaml.nodes import YamlNode

__all__ = ["parse_environment", "parse_specs"]


def parse_environment(source: Source) -> ProjectList | None:
    """The packages of an environment, those of its `pip:` too, and the channels.

    None for a text that is no mapping of YAML, be it a template of one.
    """
    try:
        documents = read_yaml(source.text).documents
    except (YamlError, RecursionError):
        return None
    root = documents[0] if len(documents) == 1 else None
    if not isinstance(root, Mapping):
        return None
    channels = tuple(
        PackageIndex(one.span, "--channel", Known(one.text))
        for one in _scalars(root.get("channels"))
    )
    listed = root.get("dependencies")
    packages = [match_spec(one.text, one.span, one.raw, channels) for one in _scalars(listed)]
    for one in listed.items if isinstance(listed, Sequence) else ():
        if isinstance(one, Mapping):
            packages += _of_pip(one.get("pip"))
    return ProjectList(tuple(packages), channels)


def parse_specs(source: Source) -> ProjectList:
    """The packages of a file that holds one a line, as `conda list --export` writes them.

    Addresses are left out, which `conda list --explicit` writes.
    """
    found, at = [], 0
    for line in source.text.splitlines(keepends=True):
        spec = line.partition("#")[0].strip()
        if spec and not spec.startswith("@") and "://" not in spec:
            start = at + line.index(spec)
            found.append(match_spec(spec, Span(start, start + len(spec)), spec, ()))
        at += len(line)
    return ProjectList(tuple(found))


def _of_pip(listed: YamlNode | None) -> Iterator[Requirement]:
    for one in _scalars(listed):
        found = None if one.text.startswith("-") else read_requirement(one.text, one.span, one.raw)
        if found is not None:
            yield found


def _scalars(node: YamlNode | None) -> Iterator[Scalar]:
    if isinstance(node, Sequence):
        yield from (one for one in node.items if isinstance(one, Scalar))
