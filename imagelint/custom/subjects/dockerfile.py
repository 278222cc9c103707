"""Subjects of Dockerfiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imagelint.core.fact import Known
from imagelint.custom.subject import Attribute, Subject
from imagelint.custom.subjects.shared import said, variables, words
from imagelint.custom.values import Entries, Items, located
from imagelint.documents.dockerfile.model import Instruction, Stage
from imagelint.documents.queries.dockerfiles.labels import labels
from imagelint.documents.queries.stages import base_word, chain

if TYPE_CHECKING:
    from imagelint.documents.base import Document
    from imagelint.documents.dockerfile.model import StartCommand


def _labels(stage: Stage, document: Document) -> Entries:
    """What the stage and those below it set: the last of a key counts."""
    found = [label for part in reversed(chain(document, stage)) for label in labels(part)]
    entries = {label.key: located(label.value, label) for label in found}
    complete = entries.pop("", None) is None
    return Entries(entries, base_word(document, stage), complete)


def _start(command: StartCommand | None) -> Items | None:
    """The words of the JSON form, or those of the only command of the shell form."""
    if command is None:
        return None
    if command.json or command.script is None:
        return words(command.words)
    commands = command.script.commands
    one = len(commands) == 1 and command.script.readable
    return words(commands[0].words) if one else Items((), complete=False)


def _flags(instruction: Instruction, _document: Document) -> Entries:
    entries = {flag.name: located(flag.value, flag) for flag in instruction.flags}
    return Entries(entries, instruction)


INSTRUCTION = Subject(
    "instruction",
    (Instruction,),
    "An instruction of a Dockerfile.",
    "Dockerfile",
    "deprecated-maintainer",
    (
        Attribute(
            "keyword",
            "string",
            "Its keyword in capitals: `RUN`.",
            lambda one, _: Known(one.keyword, one.keyword_span),
        ),
        Attribute("words", "list(string)", "Its words.", lambda one, _: words(one.words)),
        Attribute("flags", "map", "Its flags by name: `from`, `chown`, `mount`.", _flags),
        Attribute(
            "text", "string", "What stands behind the keyword.", lambda one, _: said(one.value, one)
        ),
        Attribute("json", "bool", "Whether it is in JSON form.", lambda one, _: one.json),
        Attribute(
            "stage",
            "int",
            "The number of its stage; -1 before the first.",
            lambda one, _: one.stage,
        ),
    ),
)
STAGE = Subject(
    "stage",
    (Stage,),
    "A stage of a Dockerfile, with what it inherits from the stages that it is built upon.",
    "Dockerfile",
    "root-user",
    (
        Attribute("name", "string", "Its name behind AS.", lambda one, _: said(one.name, one)),
        Attribute("number", "int", "Its number, from 0.", lambda one, _: one.index),
        Attribute("final", "bool", "Whether it is the final one.", lambda one, _: one.final),
        Attribute(
            "shipped",
            "bool",
            "Whether the final stage is it, or built upon it.",
            lambda one, _: one.shipped,
        ),
        Attribute(
            "base",
            "image",
            "The image that it is built upon; absent for `scratch` and other stages.",
            lambda one, _: one.base,
        ),
        Attribute(
            "root",
            "image",
            "The image from which the chain of its bases starts.",
            lambda one, _: one.root_image,
        ),
        Attribute(
            "scratch", "bool", "Whether it is built upon nothing.", lambda one, _: one.scratch
        ),
        Attribute(
            "user",
            "string",
            "The user at its end; absent where the base image decides.",
            lambda one, _: located(one.user.name, one.user),
        ),
        Attribute(
            "group",
            "string",
            "The group at its end.",
            lambda one, _: located(one.user.group, one.user),
        ),
        Attribute(
            "runs_as_root",
            "bool",
            "Whether that user is root; absent where the base image decides.",
            lambda one, _: located(one.user.is_root, one.user),
        ),
        Attribute("workdir", "string", "The folder at its end.", lambda one, _: one.workdir),
        Attribute("platform", "string", "What --platform says.", lambda one, _: one.platform),
        Attribute("labels", "map", "The labels that the file sets.", _labels),
        Attribute(
            "env",
            "map",
            "The variables of ENV; what an outside image may set is unknown.",
            lambda one, _: variables(one.env.values(), one, complete=one.env_complete),
        ),
        Attribute("exposed", "list(int)", "The ports of EXPOSE.", lambda one, _: one.exposed),
        Attribute(
            "entrypoint",
            "list(string)",
            "The words of ENTRYPOINT.",
            lambda one, _: _start(one.entrypoint),
        ),
        Attribute("cmd", "list(string)", "The words of CMD.", lambda one, _: _start(one.cmd)),
        Attribute(
            "healthcheck",
            "bool",
            "Whether it has a check that is on.",
            lambda one, _: located(
                one.healthcheck is not None and not one.healthcheck.disabled,
                one.healthcheck or one,
            ),
        ),
        Attribute(
            "instructions",
            "list(instruction)",
            "Its own instructions.",
            lambda one, _: one.instructions,
        ),
    ),
)
