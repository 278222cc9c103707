"""What a policy says under `images`: its schema, its data, and how it is shown."""

from __future__ import annotations

from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, cast

from imagelint.core.environment import DeclaredBuild
from imagelint.core.errors import Diagnostic
from imagelint.policy.glob import complaint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from imagelint.policy.schemas.definitions import Schema
    from imagelint.policy.text import Data, PolicyText

_TEXT = {"type": "string", "pattern": r"\S"}
_DESCRIPTION = (
    "From which Dockerfiles images are built: globs over their names, without tags,"
    " the first that matches counts."
)
_HELP = "images are named without a tag or a digest: every one of the name is built from it"


def images_schema() -> Schema:
    """The schema of `images`."""
    built = {
        "type": "object",
        "additionalProperties": False,
        "required": ["dockerfile"],
        "properties": {
            "dockerfile": {"description": "The Dockerfile, relative to this file.", **_TEXT},
            "target": {"description": "The stage; without it, the last one.", **_TEXT},
            "args": {
                "description": "What the build is given for the ARGs of the Dockerfile.",
                "type": "object",
                "additionalProperties": {"type": "string"},
            },
        },
    }
    return {
        "description": _DESCRIPTION,
        "type": "object",
        "additionalProperties": {"anyOf": [_TEXT, built]},
    }


def declared_builds(said: Mapping[str, Data], origin: str) -> tuple[DeclaredBuild, ...]:
    """What valid data under `images` of a policy say; paths are relative to its folder."""
    return tuple(_build(glob, told, origin) for glob, told in said.items())


def _build(glob: str, told: Data, origin: str) -> DeclaredBuild:
    body = {"dockerfile": told} if isinstance(told, str) else cast("Mapping[str, Data]", told)
    arguments = cast("Mapping[str, str]", body.get("args") or {})
    return DeclaredBuild(
        glob,
        normpath(join(dirname(origin), cast("str", body["dockerfile"]))),
        cast("str", body.get("target") or ""),
        tuple(sorted(arguments.items())),
    )


def image_complaints(text: PolicyText, said: Data) -> Iterator[Diagnostic]:
    """What is wrong with `images` of a policy that the schema cannot say."""
    for glob, told in said.items() if isinstance(said, dict) else ():
        at = text.at(text.key_span(("images", glob)))
        wrong = complaint(glob)
        if wrong:
            yield Diagnostic(f"the glob `{glob}` will not do: {wrong}", at)
        elif "@" in glob or ":" in glob.rpartition("/")[2]:
            yield Diagnostic(f"`{glob}` is no glob over names of images", at, _HELP)
        path = told.get("dockerfile") if isinstance(told, dict) else told
        if isinstance(path, str) and ("://" in path or path.startswith(("/", "~"))):
            where = ("images", glob, "dockerfile") if isinstance(told, dict) else ("images", glob)
            complained = f"`{path}` is not a file near this one"
            yield Diagnostic(complained, text.at(text.span(where)), "only relative paths")


def written_builds(builds: tuple[DeclaredBuild, ...]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The globs, each with what is said of it under the keys by which a policy says it."""
    for one in builds:
        said = {"dockerfile": one.dockerfile, "target": one.target, "args": dict(one.arguments)}
        yield one.glob, {key: value for key, value in said.items() if value}
