"""The images that Skaffold builds, from its configuration.

https://skaffold.dev/docs/references/yaml/
"""

from __future__ import annotations

from posixpath import join
from typing import TYPE_CHECKING

from imagelint.documents.builds import ArgumentPlace, BuildArgument, build_argument
from imagelint.documents.runlines.builds import BuildLine
from imagelint.documents.runlines.document import Lines, RunFile
from imagelint.documents.runlines.values import Value
from imagelint.documents.yaml.cursor import Cursor
from imagelint.documents.yaml.document import read_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imagelint.core.source import Source
    from imagelint.documents.kinds import Beside

# Builders that read no Dockerfile.
_OTHERS = ("bazel", "jib", "buildpacks", "ko", "custom")


class Skaffold(RunFile):
    """A configuration of Skaffold."""

    kind = "skaffold"
    __slots__ = ()


def parse_skaffold(source: Source, read: Beside = lambda _name: None) -> Skaffold:
    """Read a configuration of Skaffold; `read` gives the texts of files around it.

    Raises:
        DocumentError: it is not YAML, a template, nested too deeply or too large.
    """
    stream = read_stream(source, Skaffold.kind)
    builds = tuple(one for node in stream.documents for one in _builds(Cursor(node)))
    return Skaffold(source, Lines(builds=builds), (".",), read)


def _builds(root: Cursor) -> Iterator[BuildLine]:
    for artifact in root.at("build", "artifacts").items():
        image, told = artifact["image"], artifact["docker"]
        name = image.word()
        if not name or any(artifact[other].exists for other in _OTHERS):
            continue
        context = artifact["context"].word() or "."
        target = told["target"].word()
        yield BuildLine(
            span=image.span,
            # Each build has a tag of its own.
            names=(Value(image.span, f"{name}:$TAG", name),),
            context=context,
            dockerfile=join(context, told["dockerfile"].word() or "Dockerfile"),
            target=None if "{{" in target else target,
            arguments=(),
            declared=tuple(_argument(name, one) for name, one in told["buildArgs"].entries()),
            target_span=told["target"].span if target and "{{" not in target else None,
            placed=True,
            places=tuple(
                ArgumentPlace(one.span, name, one.path) for name, one in told["buildArgs"].entries()
            ),
        )


def _argument(name: str, value: Cursor) -> BuildArgument:
    """Of what a template of Go makes, the value is not known; without one it is the environment's.

    https://skaffold.dev/docs/environment/templating/
    """
    return build_argument(name, value.text())
