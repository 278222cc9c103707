"""Subjects that several kinds of files contain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import ABSENT, UNKNOWN, Fact, Known
from imagelint.custom.subject import Attribute, Subject
from imagelint.custom.values import Entries, Item, Items, located
from imagelint.documents.packages.installs import package_installs
from imagelint.documents.packages.model import Requirement
from imagelint.documents.shared import EnvVar, ImageUse
from imagelint.documents.shell.script import Command

if TYPE_CHECKING:
    from collections.abc import Iterable

    from imagelint.documents.base import Document, Node
    from imagelint.documents.shell.script import Word


def words(found: Iterable[Word], *, complete: bool = True) -> Items:
    """The words of a command as a list of texts."""
    return Items(tuple(located(word.value, word) for word in found), complete)


def variables(found: Iterable[EnvVar], place: Node, *, complete: bool) -> Entries:
    """Variables by their names; the last of a name counts."""
    return Entries({one.name: located(one.value, one) for one in found}, place, complete)


def said(text: str, node: Node) -> Fact[str]:
    """A text of a node that is empty where there is none."""
    return Known(text, node.span) if text else ABSENT


def _part(image: ImageUse, part: str) -> Fact[str]:
    known = image.known
    if known is None:
        return UNKNOWN
    text = str(getattr(known, part))
    whole = isinstance(image.reference, Known)
    return Known(text, image.span) if text else (ABSENT if whole else UNKNOWN)


def _packages(command: Command, _document: Document) -> object:
    installs = package_installs(command)
    found = [package for install in installs for package in install.packages]
    items = tuple(Item(package, package) for package in found)
    return Items(items, all(install.complete for install in installs))


IMAGE = Subject(
    "image",
    (ImageUse,),
    "An image that a file names: in `# syntax=`, FROM, COPY --from, a container, a service.",
    "Dockerfile",
    "unpinned-image",
    (
        Attribute("text", "string", "What is written.", lambda one, _: said(one.text, one)),
        Attribute(
            "name",
            "string",
            "Registry and repository: `docker.io/library/alpine`.",
            lambda one, _: _part(one, "name"),
        ),
        Attribute(
            "registry",
            "string",
            "The registry, `docker.io` by default.",
            lambda one, _: _part(one, "registry"),
        ),
        Attribute(
            "repository",
            "string",
            "The repository: `library/alpine`.",
            lambda one, _: _part(one, "repository"),
        ),
        Attribute("tag", "string", "The tag.", lambda one, _: one.tag),
        Attribute("digest", "string", "The digest.", lambda one, _: _part(one, "digest")),
        Attribute(
            "role",
            "string",
            "What it is used for: `frontend`, `base`, `copy`, `mount`, `pod`, `compose`, `target`.",
            lambda one, _: one.role.value,
        ),
        Attribute(
            "final", "bool", "Whether it ends up in what is shipped.", lambda one, _: one.final
        ),
        Attribute(
            "built", "bool", "Whether a service of Compose builds it.", lambda one, _: one.built
        ),
    ),
)
VARIABLE = Subject(
    "variable",
    (EnvVar,),
    "A variable of the environment that is set: ENV, ARG, a script, a container, a service.",
    "Dockerfile",
    "allocator-conflict",
    (
        Attribute("name", "string", "Its name.", lambda one, _: Known(one.name, one.name_span)),
        Attribute(
            "value",
            "string",
            "Its value, absent for `ARG NAME`.",
            lambda one, _: one.value,
        ),
        Attribute(
            "origin",
            "string",
            "What sets it: `env`, `arg`, `shell`, `pod`, `compose`, `build-arg`.",
            lambda one, _: one.origin.value,
        ),
        Attribute(
            "reference",
            "string",
            "From what its value comes: `secretKeyRef`, `configMapKeyRef`, `fieldRef` …",
            lambda one, _: said(one.reference, one),
        ),
    ),
)
COMMAND = Subject(
    "command",
    (Command,),
    "A command of a script: in RUN, CMD, a container's `sh -c`.",
    "Dockerfile",
    "apt-recommends",
    (
        Attribute(
            "program",
            "string",
            "The base name of the program, without wrappers such as `sudo`.",
            lambda one, _: UNKNOWN if not one.program else Known(one.program, one.words[0].span),
        ),
        Attribute(
            "arguments",
            "list(string)",
            "The words behind it.",
            lambda one, _: words(one.arguments),
        ),
        Attribute(
            "wrappers",
            "list(string)",
            "What was before it: `sudo`, `env`, `exec` …",
            lambda one, _: one.wrappers,
        ),
        Attribute("packages", "list(requirement)", "What it installs.", _packages),
        Attribute(
            "unconditional",
            "bool",
            "Whether it certainly runs.",
            lambda one, _: one.unconditional,
        ),
    ),
)
REQUIREMENT = Subject(
    "requirement",
    (Requirement,),
    "A package that is installed, by a command or by a requirements file.",
    "requirements.txt",
    "unhashed-requirements",
    (
        Attribute(
            "name",
            "string",
            "Its name, normalised.",
            lambda one, _: Known(one.name, one.span) if one.name else UNKNOWN,
        ),
        Attribute(
            "version",
            "string",
            "The exact version, where there is one.",
            lambda one, _: said(one.version, one),
        ),
        Attribute(
            "specifier",
            "string",
            "What is written about versions: `>=2,<3`.",
            lambda one, _: said(one.specifier, one),
        ),
        Attribute("pinned", "bool", "Whether it is the same tomorrow.", lambda one, _: one.pinned),
        Attribute("hashed", "bool", "Whether a hash is given.", lambda one, _: one.hashed),
        Attribute("url", "string", "Where it is taken from.", lambda one, _: said(one.url, one)),
    ),
)
